// Decisions go to the server one after another; what it answers is what the page shows. What is doubtful, what an edit
// means and whether it may be made is decided there alone.

import { $, $$, body, codePoints, cursor, here, paragraphOf, parsed, say, showState, textOf, words } from "./page.js";
import { drawBoxes } from "./scan.js";
import { select } from "./record.js";

let pending = Promise.resolve();
let waiting = 0;
let late = null; // an answer that came while a field was open
const own = new Map(); // "paragraph seen" → what our own edit made of it: { seen, text }

// `words` show already what was decided; they are marked where the server takes it otherwise.
export function decide(decision, { then, words: touched = [] } = {}) {
  waiting += 1;
  pending = pending.then(() => send(decision, then, touched)).finally(() => { waiting -= 1; });
  return pending;
}

async function send(asked, then, touched) {
  const decision = rebased(asked);
  const shown = $$(".para").filter((one) => one.version && !$(".pending, .edit, .rewrite", one));
  const known = Object.fromEntries(shown.map((one) => [one.id, one.version]));
  let answer, said;
  try {
    answer = await fetch(`${here}/decide`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...decision, known }),
    });
    said = await answer.json();
  } catch {
    touched.forEach((word) => word.classList.add("unsaved"));
    say("Not saved: the server doesn't answer. Start it again, then repeat the edit.", true);
    return;
  }
  if (answer.ok) remember(decision, said);
  if (said.paragraphs) show(said);
  say(said.message ?? "", !answer.ok);
  if (answer.status === 409) quarrel(said.dialog);
  else if (answer.ok) then?.();
}

// Where the `length` code points from `start` on are, once the text reads `after`; null where more than their place may
// have changed.
function placeAfter(start, length, before, after) {
  const [old, fresh] = [[...before], [...after]];
  const same = (from, to, shift) => old.slice(from, to).join("") === fresh.slice(from + shift, to && to + shift).join("");
  if (same(0, start + length, 0)) return start;
  const shift = fresh.length - old.length;
  return start + shift >= 0 && same(start, undefined, shift) ? start + shift : null;
}

// Whoever types fast makes the next edit before the last is answered: what changed since is then one's own edit, and
// the place has only moved. What somebody else changed is for the server to find.
function rebased(decision) {
  let { start, seen, was } = decision;
  for (let next; (next = own.get(`${decision.paragraph} ${seen}`)) && was !== undefined; { seen, text: was } = next) {
    const moved = placeAfter(start, codePoints(decision.before ?? ""), was, next.text);
    if (moved === null) break;
    start = moved;
  }
  return { ...decision, start, seen, was };
}

function remember(decision, said) {
  const [, , html] = said.paragraphs?.find(([id]) => id === decision.paragraph) ?? [];
  if (!html || decision.kind !== "text") return;
  const paragraph = parsed(html).firstElementChild;
  const now = { seen: paragraph.dataset.seen, text: textOf(paragraph) };
  if (now.seen !== decision.seen) own.set(`${decision.paragraph} ${decision.seen}`, now);
}

export function catchUp() {
  if (late) show(late);
}

function show(said) {
  late = $(".edit, .rewrite") ? said : null;
  body.dataset.seen = said.seen;
  body.dataset.state = said.state;
  $("#doubtful").textContent = said.doubtful;
  if (late) return; // nobody's field is taken away: this is shown when it closes
  const before = cursor();
  const list = $("#paragraphs");
  const old = new Map($$(".para", list).map((one) => [one.id, one]));
  const fresh = said.paragraphs.map(([id, version, html]) => {
    const known = old.get(id);
    if (!html || (known?.version === version && !$(".pending", known))) return known;
    const made = parsed(html).firstElementChild;
    made.version = version;
    made.text = textOf(made);
    return made;
  });
  const now = [...list.children];
  if (fresh.length === now.length && fresh.every((one, i) => one.id === now[i].id)) {
    fresh.forEach((one, i) => { if (one !== now[i]) now[i].replaceWith(one); });
  } else list.replaceChildren(...fresh);
  const open = $$("#panel details").filter((one) => one.open).map((one) => one.id);
  $("#panel").replaceChildren(...parsed(said.panel).childNodes);
  for (const id of open) $(`#${id}`)?.setAttribute("open", "");
  showState();
  drawBoxes();
  if (before) select(before.isConnected ? before : sameWord(before), { focus: document.activeElement === body, again: before.isConnected });
}

// The word that a word of the page as it was has become: an edit further up may have moved it.
function sameWord(word) {
  const paragraph = paragraphOf(word);
  const now = document.getElementById(paragraph.id);
  const near = now ? $$(".w", now) : words();
  const start = Number(word.dataset.s);
  const place = (now && placeAfter(start, codePoints(word.textContent), paragraph.text, now.text)) ?? start;
  return near.findLast((one) => Number(one.dataset.s) <= place) ?? near[0] ?? words()[0];
}

// Two people, or two tabs: what was typed is in the dialog, beside what stands there now.
function quarrel(html) {
  const dialog = $("#conflict");
  dialog.replaceChildren(...parsed(html).childNodes);
  for (const button of $$("button", dialog)) {
    button.addEventListener("click", () => {
      dialog.close();
      const mine = $("#mine", dialog);
      if (button.value !== "mine") return;
      decide({ kind: "text", paragraph: mine.dataset.paragraph, seen: mine.dataset.seen, start: 0, before: mine.dataset.was, after: mine.value, was: mine.dataset.was });
    });
  }
  dialog.showModal();
}

export const decided = () => pending;

window.addEventListener("beforeunload", (event) => { if (waiting) event.preventDefault(); });
