// One record: a cursor on a word, and keys that act on it. All text comes as text, never as markup.

import { $, $$, body, cursor, here, isDoubtful, onWord, paragraphOf, say, showState, words } from "./page.js";
import { accept, acceptLine, edit, removeWord, replaceWord, rewrite } from "./edit.js";
import { drawBoxes, showOnScan, wordAt, zoomBy } from "./scan.js";
import { decide, decided } from "./server.js";
import { unsaved } from "./unsaved.js";

// ── the cursor ──────────────────────────────────────────────────────────────────────────────────────────────────

// `again`: the same word, after the page was shown anew.
export function select(word, { focus = true, again = false } = {}) {
  if (!word) return;
  const old = cursor();
  old?.classList.remove("cursor");
  if (old) old.tabIndex = -1;
  $(".para.here")?.classList.remove("here");
  word.classList.add("cursor");
  word.tabIndex = 0;
  paragraphOf(word).classList.add("here");
  if (focus) word.focus({ preventScroll: true });
  if (!again) word.scrollIntoView({ block: "nearest" });
  $("#why").textContent = word.dataset.w || (word.classList.contains("ok") ? "seen by a person" : "");
  showOnScan(word);
  if (!again) offerChoices(word);
}

export function step(by, wanted = () => true) {
  const all = words();
  let at = all.indexOf(cursor());
  if (at < 0 && by < 0) at = all.length;
  for (at += by; at >= 0 && at < all.length; at += by) if (wanted(all[at])) return select(all[at]);
  say(wanted === isDoubtful ? "No more doubtful words in this direction." : "");
}

function stepLine(by) {
  if (!cursor()) return step(1);
  const key = (word) => `${paragraphOf(word).id} ${word.dataset.n ?? Math.round(word.getBoundingClientRect().bottom)}`;
  const all = words();
  const line = key(cursor());
  let at = all.indexOf(cursor());
  while (all[at] && key(all[at]) === line) at += by;
  if (!all[at]) return;
  const found = key(all[at]);
  while (by < 0 && all[at - 1] && key(all[at - 1]) === found) at -= 1;
  select(all[at]);
}

async function offerChoices(word) {
  const choices = $("#choices");
  choices.replaceChildren();
  if (!isDoubtful(word) && !word.classList.contains("ok")) {
    await new Promise((rest) => setTimeout(rest, 120)); // whoever runs through the words needs no other readings
    if (cursor() !== word) return;
  }
  await decided(); // the server has to know of the word what the page knows
  if (cursor() !== word) return;
  const { paragraph, start, before } = onWord(word);
  const query = new URLSearchParams({ paragraph, start, word: before });
  const answer = await fetch(`${here}/alternatives?${query}`).catch(() => null);
  const found = answer?.ok ? await answer.json() : [];
  if (cursor() !== word) return;
  choices.replaceChildren(...found.map((text, i) => {
    const button = document.createElement("button");
    const reading = Object.assign(document.createElement("bdi"), { textContent: text, lang: /[\u0600-\u06ff]/.test(text) ? "ur" : "en" });
    button.type = "button";
    button.append(Object.assign(document.createElement("kbd"), { textContent: String(i + 1) }), " ", reading);
    button.addEventListener("click", () => { if (cursor() === word) replaceWord(word, text); });
    return button;
  }));
}

// ── the record ──────────────────────────────────────────────────────────────────────────────────────────────────

// To another page, when all is answered; meanwhile nothing is decided here that was meant for there.
async function leave(url) {
  hold(true);
  await decided();
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
  decide({ kind: "state", after: "done" }, { then: (taken) => (taken ? location.assign(`${here}/next`) : hold(false)) });
}

const go = (key) => (key ? leave(`${body.dataset.root}/record/${key}`) : say("There is no further record."));

function repair() {
  const word = cursor();
  if (word?.dataset.r) return decide({ kind: "text", target: `repair:${word.dataset.r}` });
  const own = $$("#panel [data-go]").find((one) => one.dataset.go === (word && paragraphOf(word).id) && $("[data-apply]", one.parentElement));
  if (own) return decide({ kind: "text", target: $("[data-apply]", own.parentElement).dataset.apply });
  say("The machine repaired nothing here, and suggests nothing.");
}

// What comes before and after a paragraph may be another by the time when it is this one's turn.
function move(by) {
  const { id } = paragraphOf(cursor());
  const make = ({ made: { dataset: { before, above, after } } }) => (
    (by < 0 ? before : after) ? { kind: "order", paragraph: id, before, after: by < 0 ? above : after } : null
  );
  decide({ kind: "order", paragraph: id }, { make });
}

function merge() {
  const { id } = paragraphOf(cursor());
  decide({ kind: "merge", paragraph: id }, { make: ({ made }) => (made.dataset.after ? { kind: "merge", paragraph: id, before: made.dataset.after } : null) });
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
  d: done, ".": () => go(body.dataset.next), ",": () => go(body.dataset.previous), q: () => leave(`${body.dataset.root}/`),
  "+": () => zoomBy(1.3), "=": () => zoomBy(1.3), "-": () => zoomBy(1 / 1.3), 0: () => zoomBy(0),
  "?": () => $("#keys").showModal(),
};
// With an Urdu keyboard switched on the keys give Urdu letters: then it is their place that counts.
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

// What was pressed is what was meant, even if the text has moved under the mouse by the time when it comes up.
let aimed = null;
document.addEventListener("pointerdown", ({ target, clientX, clientY }) => { aimed = { word: target.closest(".w"), clientX, clientY }; }, true);
const wordOf = ({ target, clientX, clientY }) => (
  aimed?.word?.isConnected && Math.hypot(clientX - aimed.clientX, clientY - aimed.clientY) < 4 ? aimed.word : target.closest(".w")
);

document.addEventListener("click", (event) => {
  const word = wordOf(event);
  if (word && !event.target.closest(".edit")) return word === cursor() && event.detail > 1 ? edit(word) : select(word);
  if (event.target.closest(".sheet")) return select(wordAt(event));
  const button = event.target.closest("button");
  if (!button) return;
  const { key, go: to, apply, restore, settle, undo, do: act } = button.dataset;
  if (key) ({ next: KEYS.n, previous: KEYS.p, accept: KEYS.a, edit: KEYS.e })[key]();
  if (to) select($(".w", document.getElementById(to)) ?? cursor()) ?? document.getElementById(to)?.scrollIntoView({ block: "center" });
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
  const { do: act, now, field } = event.target.dataset;
  if (act === "kind" || act === "language") decide({ kind: act, paragraph: event.target.closest(".para").id, before: now, after: event.target.value });
  if (field) decide({ kind: "field", target: field, before: now, after: event.target.value });
});

$("#undo").addEventListener("click", KEYS.u);
$("#done").addEventListener("click", done);
$("#help").addEventListener("click", KEYS["?"]);
$("#larger")?.addEventListener("click", KEYS["+"]);
$("#smaller")?.addEventListener("click", KEYS["-"]);
window.addEventListener("resize", () => select(cursor(), { focus: false }));

showState();
drawBoxes();
select(words().find(isDoubtful) ?? words()[0]);
