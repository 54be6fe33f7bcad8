// What could not be saved: it stays in view until the person has done something about it.

import { $, $$, parsed } from "./page.js";

const NAMES = {
  accept: "accepted", undo: "undo", order: "move", merge: "merge", split: "split", settle: "leave as it is",
  state: "done",
};
const conflicts = [];

export const unsaved = () => $("#unsaved").childElementCount;

function element(name, text, more = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...more });
}

function described({ kind, target, before, after }) {
  const words = (text) => element("bdi", text ? `“${text}”` : "nothing");
  if (kind === "text" && !target) return [words(before), " → ", words(after)];
  if (kind === "accept") return [words(before), " accepted"];
  if (["field", "kind", "language"].includes(kind)) return [`${target || kind}: `, words(after)];
  return [NAMES[kind] ?? "the machine's change"];
}

// Shows a decision that was not saved, and why. `again` tries it once more.
export function keep(decision, why, again) {
  const card = element("div", "", { className: "card" });
  const text = element("p", "");
  const where = decision.paragraph ? ` (${decision.paragraph})` : "";
  const button = (label, act) => (
    element("button", label, { type: "button", onclick: () => { card.remove(); act?.(); } })
  );
  text.append(element("b", "Not saved: "), ...described(decision), where, `: ${why}. `);
  if (again) text.append(button("Try again", again), " ");
  text.append(button("Forget it"));
  card.append(text);
  $("#unsaved").append(card);
}

// Two people, or two tabs, changed the same text: the dialog shows what was typed beside the text as it is now. It
// waits until nobody is typing, and takes no key that was meant for something else. `mine`: the text with what was
// typed after it, if any.
export function showConflict(html, { mine, again }) {
  conflicts.push({ html, mine, again });
  openConflict();
}

// Opens the dialog of the first conflict that waits, if now is the time.
export function openConflict() {
  const dialog = $("#conflict");
  if (!conflicts.length || $("dialog[open], .edit, .rewrite")) return;
  const { html, mine, again } = conflicts.shift();
  dialog.replaceChildren(...parsed(html).childNodes);
  dialog.returnValue = "";
  const area = $("#mine", dialog);
  area.value = mine ?? area.value;
  for (const button of $$("button", dialog)) button.onclick = () => dialog.close(button.value);
  dialog.onclose = () => {
    const { paragraph, was } = area.dataset;
    const take = () => again({ kind: "text", paragraph, start: 0, before: was, after: area.value }, was);
    if (dialog.returnValue === "mine") take();
    else if (!dialog.returnValue) {
      keep({ kind: "text", paragraph, before: was, after: area.value }, "changed meanwhile", take);
    }
    openConflict();
  };
  dialog.showModal();
  dialog.focus();
}
