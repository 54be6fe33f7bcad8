// One record: connects the modules, and gives keys and buttons their acts. All text comes as text, never as markup.

import { answerFrom, paragraphFrom } from "./answers.js";
import { offerChoices } from "./choices.js";
import { onMove, select, step, stepLine } from "./cursor.js";
import { accept, acceptLine, edit, removeWord, rewrite } from "./edit.js";
import { known, open, queue } from "./model.js";
import { allAnswered, decide, drawWith } from "./outbox.js";
import { $, $$, body, cursor, here, isDoubtful, onWord, paragraphOf, say, showState, words } from "./page.js";
import { drawBoxes, wordAt, zoomBy } from "./scan.js";
import { unsaved } from "./unsaved.js";
import { isTyping, show, showDecision } from "./view.js";

open(answerFrom(document), paragraphFrom);
for (const one of $$("#paragraphs .para")) {
  const { made, text } = known(one.id);
  Object.assign(one, { made, text });
}
drawWith({ all: show, decision: showDecision });
onMove(offerChoices);

// ── the record ──────────────────────────────────────────────────────────────────────────────────────────────────

// Goes to another page when all is answered; keys pressed meanwhile are meant for that page and do nothing here.
async function leave(url) {
  hold(true);
  await allAnswered();
  if (!unsaved()) return location.assign(url);
  say("Not everything is saved: see above the text.", true);
  hold(false);
}

function hold(on) {
  for (const part of $$("main, .bar nav")) part.inert = on;
  if (!on) select(cursor());
}

function done() {
  if (body.dataset.state === "done") return decide({ kind: "state", after: "needed" });
  if (unsaved()) return say("Not everything is saved: see above the text.", true);
  hold(true);
  const then = (taken) => (taken ? location.assign(`${here}/next`) : hold(false));
  decide({ kind: "state", after: "done" }, { then });
}

const go = (key) => (
  key ? leave(`${body.dataset.root}/record/${key}`) : say("There is no further record.")
);

function repair() {
  const word = cursor();
  if (word?.dataset.r) return decide({ kind: "text", target: `repair:${word.dataset.r}` });
  const id = word && paragraphOf(word).id;
  const suggestion = $$("#panel [data-go]").filter((one) => one.dataset.go === id)
    .map((one) => $("[data-apply]", one.parentElement)).find(Boolean);
  if (suggestion) return decide({ kind: "text", target: suggestion.dataset.apply });
  say("The machine repaired nothing here, and suggests nothing.");
}

// The paragraph's neighbours may be others by the time the decision is sent: `make` looks then.
function move(by) {
  const { id } = paragraphOf(cursor());
  const make = ({ made: { dataset: { before, above, after } } }) => (
    (by < 0 ? before : after) ? { kind: "order", paragraph: id, before, after: by < 0 ? above : after } : null
  );
  decide({ kind: "order", paragraph: id }, { make });
}

function merge() {
  const { id } = paragraphOf(cursor());
  const make = ({ made: { dataset: { after } } }) => (after ? { kind: "merge", paragraph: id, before: after } : null);
  decide({ kind: "merge", paragraph: id }, { make });
}

function openDetails(id) {
  const details = $(`#${id}`);
  details.open = true;
  details.scrollIntoView({ block: "nearest" });
  $("input, button, summary", details).focus();
}

// ── keys, buttons, clicks ───────────────────────────────────────────────────────────────────────────────────────

const onCursor = (act) => () => (cursor() ? act(cursor()) : step(1));
const visually = (right) => () => {
  const rtl = cursor() && $(".text", paragraphOf(cursor())).dir === "rtl";
  step(right !== rtl ? 1 : -1);
};

const KEYS = {
  n: () => step(1, isDoubtful), p: () => step(-1, isDoubtful),
  ArrowRight: visually(true), ArrowLeft: visually(false), ArrowDown: () => stepLine(1), ArrowUp: () => stepLine(-1),
  a: onCursor(accept), l: onCursor(acceptLine), e: onCursor(edit), Enter: onCursor(edit),
  w: onCursor((word) => rewrite(paragraphOf(word))), x: onCursor(removeWord),
  u: () => decide({ kind: "undo" }), r: repair, m: onCursor(merge),
  s: onCursor((word) => decide({ kind: "split", ...onWord(word), before: "" })),
  "[": onCursor(() => move(-1)), "]": onCursor(() => move(1)),
  k: onCursor((word) => $("[data-do=kind]", paragraphOf(word)).focus()),
  g: onCursor((word) => $("[data-do=language]", paragraphOf(word)).focus()),
  c: () => $("#panel").scrollIntoView(),
  f: () => openDetails("fields"), h: () => openDetails("history"),
  d: done, ".": () => go(body.dataset.next), ",": () => go(body.dataset.previous),
  q: () => leave(`${body.dataset.root}/`),
  "+": () => zoomBy(1.3), "=": () => zoomBy(1.3), "-": () => zoomBy(1 / 1.3), 0: () => zoomBy(0),
  "?": () => $("#keys").showModal(),
};
// On an Urdu keyboard the keys give Urdu letters: then the place of the key counts.
const PLACES = { BracketLeft: "[", BracketRight: "]", Period: ".", Comma: ",", Minus: "-", Equal: "+", Slash: "?" };

function keyOf(event) {
  if (event.key in KEYS || /^[1-9]$/.test(event.key)) return event.key;
  if (event.key.length === 1 && event.key > "~") {
    if (event.code.startsWith("Key")) return event.code.slice(3).toLowerCase();
    if (event.code.startsWith("Digit")) return event.code.slice(5);
    return PLACES[event.code];
  }
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open], main[inert]")) return;
  if (event.target.matches("input, textarea, select")) {
    if (event.key === "Escape") (cursor() ?? $("#text")).focus();
    return;
  }
  if (event.key === "Enter" && event.target.matches("button, a, summary")) return;
  const key = keyOf(event);
  const choice = /^[1-9]$/.test(key) && $$("#choices button")[key - 1];
  if (!choice && !(key in KEYS)) return;
  event.preventDefault();
  if (choice) choice.click();
  else KEYS[key]();
});

// A click means the word under the mouse when the button went down, even if the text has moved before it comes up.
let aimed = null;
document.addEventListener("pointerdown", ({ target, clientX, clientY }) => {
  aimed = { word: target.closest(".w"), clientX, clientY };
}, true);

const HAND_TREMOR = 4; // pixels; farther is a drag
function wordOf({ target, clientX, clientY }) {
  const isClick = aimed && Math.hypot(clientX - aimed.clientX, clientY - aimed.clientY) < HAND_TREMOR;
  return isClick && aimed.word?.isConnected ? aimed.word : target.closest(".w");
}

// The cursor goes to the paragraph's first word; a paragraph without words is scrolled into view.
function goTo(id) {
  const paragraph = document.getElementById(id);
  select($(".w", paragraph) ?? cursor());
  paragraph?.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const word = wordOf(event);
  if (word && !event.target.closest(".edit")) return word === cursor() && event.detail > 1 ? edit(word) : select(word);
  if (event.target.closest(".sheet")) return select(wordAt(event));
  const button = event.target.closest("button");
  if (!button) return;
  const { key, go: to, apply, restore, settle, undo, do: act } = button.dataset;
  if (key) ({ next: KEYS.n, previous: KEYS.p, accept: KEYS.a, edit: KEYS.e })[key]();
  if (to) goTo(to);
  if (apply) decide({ kind: "text", target: apply });
  if (restore) decide({ kind: "text", target: `repair:${restore}` });
  if (settle) decide({ kind: "settle", target: settle });
  if (undo) decide({ kind: "undo", target: undo });
  if (act === "rewrite") rewrite(button.closest(".para"));
  if (act === "all") {
    const { id, text } = button.closest(".para");
    decide({ kind: "accept", paragraph: id, start: 0, before: text, after: text });
  }
});

document.addEventListener("change", (event) => {
  const { value: after, dataset: { do: act, now: before, field } } = event.target;
  if (act === "kind" || act === "language") {
    decide({ kind: act, paragraph: event.target.closest(".para").id, before, after });
  }
  if (field) decide({ kind: "field", target: field, before, after });
});

$("#undo").addEventListener("click", KEYS.u);
$("#done").addEventListener("click", done);
$("#help").addEventListener("click", KEYS["?"]);
$("#larger")?.addEventListener("click", KEYS["+"]);
$("#smaller")?.addEventListener("click", KEYS["-"]);
window.addEventListener("resize", () => select(cursor(), { focus: false }));
window.addEventListener("beforeunload", (event) => {
  if (queue.length || unsaved() || isTyping()) event.preventDefault();
});
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

showState();
drawBoxes();
select(words().find(isDoubtful) ?? words()[0]);
