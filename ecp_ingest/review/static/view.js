// Draws the page: the server's last answer, with the unanswered decisions on it. While somebody types into a field,
// has a list open or holds the mouse down, nothing under their hands is replaced: it is drawn when they are done.

import { select } from "./cursor.js";
import { all, drawn, isBehind, latest, nearest, onPage, queue } from "./model.js";
import { $, $$, body, cursor, onWord, parsed, showState, words } from "./page.js";
import { paint } from "./paint.js";
import { drawBoxes } from "./scan.js";
import { openConflict } from "./unsaved.js";

let holding = null; // a list or field of the page that has the focus and is not yet changed
let pressed = false;
let commit = null; // saves a field that was left by a click, once the click has found its target
let late = false;

export const isTyping = () => Boolean($(".edit, .rewrite"));
const isHeld = () => pressed || isTyping() || Boolean(holding?.isConnected);

// To be called instead of saving at once when a field loses the focus.
export function afterClick(save) {
  if (pressed) commit = save;
  else save();
}

function committed() {
  const save = commit;
  commit = null;
  save?.();
}

function released() {
  if (!pressed) return;
  committed();
  pressed = false;
  catchUp();
}

document.addEventListener("pointerdown", () => { pressed = true; }, true);
document.addEventListener("click", committed, true); // before the handler of what was clicked on
for (const end of ["pointerup", "dragend"]) document.addEventListener(end, () => setTimeout(released), true);
for (const end of ["pointercancel", "keydown"]) document.addEventListener(end, released, true);
window.addEventListener("blur", released);

const isChoice = (target) => target.matches?.("select, [data-field]");
for (const begin of ["focusin", "input"]) {
  document.addEventListener(begin, ({ target }) => { if (isChoice(target)) holding = target; });
}
document.addEventListener("change", ({ target }) => {
  holding = null;
  if (target.matches("select")) setTimeout(released); // an open list keeps the end of the click to itself
});
document.addEventListener("focusout", () => { holding = null; setTimeout(catchUp); });

export function catchUp() {
  if (late) show();
}

export function show() {
  late = isHeld();
  $("#doubtful").textContent = latest.doubtful;
  if (late) return;
  const before = cursor();
  const at = before && nearest(onWord(before));
  const focus = address(document.activeElement);
  drawn();
  showParagraphs();
  showPanel();
  showState();
  drawBoxes();
  const isFree = () => document.activeElement === body;
  if (isFree() && focus) $(focus)?.focus();
  if (before) select(before.isConnected ? before : wordAt(at), { focus: isFree(), again: before.isConnected });
  openConflict();
}

// A selector that finds the same list or field after the page was drawn anew; empty for any other element.
function address(element) {
  if (element.dataset.do) return `#${CSS.escape(element.closest(".para").id)} [data-do=${element.dataset.do}]`;
  return element.dataset.field ? `#${element.id}` : "";
}

function showParagraphs() {
  const list = $("#paragraphs");
  const old = new Map([...list.children].map((one) => [one.id, one]));
  const fresh = all().map(({ id, made, text }) => {
    const shown = old.get(id);
    if (shown && shown.made === made && !shown.painted) return shown;
    return Object.assign(document.importNode(made, true), { made, text });
  });
  for (const one of onPage()) {
    const paragraph = fresh.find(({ id }) => id === one.paragraph);
    if (paragraph) paint(paragraph, one);
  }
  const now = [...list.children];
  if (fresh.length === now.length && fresh.every((one, i) => one.id === now[i].id)) {
    fresh.forEach((one, i) => { if (one !== now[i]) now[i].replaceWith(one); });
  } else list.replaceChildren(...fresh);
}

function showPanel() {
  const open = $$("#panel details").filter((one) => one.open).map((one) => one.id);
  $("#panel").replaceChildren(...parsed(latest.panel).childNodes);
  for (const id of open) $(`#${id}`)?.setAttribute("open", "");
  for (const { kind, target, after } of queue) {
    const field = kind === "field" && fieldNamed(target);
    if (field) field.value = field.dataset.now = after;
  }
}

const fieldNamed = (name) => $(`[data-field="${CSS.escape(name)}"]`);

// Draws a decision that was just made.
export function showDecision(decision) {
  if (isBehind()) return show();
  const had = cursor();
  const paragraph = decision.paragraph && document.getElementById(decision.paragraph);
  const word = paragraph && decision.lost === undefined ? paint(paragraph, decision) : null;
  if (decision.kind === "field") fieldNamed(decision.target).dataset.now = decision.after;
  if (had && !had.isConnected) select(word ?? words()[0], { focus: document.activeElement === body });
}

// The word at a place, or the nearest before it.
function wordAt({ paragraph, start }) {
  const near = $$(".w", document.getElementById(paragraph) ?? $("#paragraphs"));
  return near.findLast((one) => Number(one.dataset.s) <= start) ?? near[0] ?? words()[0];
}
