// What could not be saved: it stays before the person's eyes until they have done something about it.

import { $, $$, parsed } from "./page.js";

const NAMES = {
  accept: "accepted", undo: "undo", order: "move", merge: "merge", split: "split", settle: "leave as it is", state: "done",
};
const quarrels = [];

export const unsaved = () => $("#unsaved").childElementCount;

function element(name, text, more = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...more });
}

function told({ kind, paragraph, target, before, after }) {
  const words = (text) => element("bdi", text ? `“${text}”` : "nothing");
  if (kind === "text" && !target) return [words(before), " → ", words(after)];
  if (kind === "accept") return [words(before), " accepted"];
  if (["field", "kind", "language"].includes(kind)) return [`${target || kind}: `, words(after)];
  return [NAMES[kind] ?? "the machine's change"];
}

// `again`: what to do when the person wants it tried once more.
export function keep(decision, why, again) {
  const card = element("div", "", { className: "card" });
  const said = element("p", "");
  said.append(element("b", "Not saved: "), ...told(decision), decision.paragraph ? ` (${decision.paragraph})` : "", `: ${why}. `);
  const button = (text, act) => element("button", text, { type: "button", onclick: () => { card.remove(); act?.(); } });
  if (again) said.append(button("Try again", again), " ");
  said.append(button("Forget it"));
  card.append(said);
  $("#unsaved").append(card);
}

// Two people, or two tabs: what was typed is in the dialog, beside what stands there now. It waits until nobody is
// typing, and takes no key that was meant for something else. `mine`: how it was meant to read, if more was typed.
export function quarrel(html, { mine, again }) {
  quarrels.push({ html, mine, again });
  ask();
}

export function ask() {
  const dialog = $("#conflict");
  if (!quarrels.length || $("dialog[open], .edit, .rewrite")) return;
  const { html, mine, again } = quarrels.shift();
  dialog.replaceChildren(...parsed(html).childNodes);
  dialog.returnValue = "";
  const area = $("#mine", dialog);
  area.value = mine ?? area.value;
  for (const button of $$("button", dialog)) button.onclick = () => dialog.close(button.value);
  dialog.onclose = () => {
    const { paragraph, was } = area.dataset;
    const take = () => again({ kind: "text", paragraph, start: 0, before: was, after: area.value }, was);
    if (dialog.returnValue === "mine") take();
    else if (!dialog.returnValue) keep({ kind: "text", paragraph, before: was, after: area.value }, "changed meanwhile", take);
    ask();
  };
  dialog.showModal();
  dialog.focus();
}
