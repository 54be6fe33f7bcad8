// Sends decisions to the server, one after another. The server alone decides what is doubtful, what an edit means and
// whether it may be made.

import { answerFrom, textIn } from "./answers.js";
import { keep, showConflict } from "./unsaved.js";
import { carried, isBehind, isPlaced, known, learn, note, queue, texts, versions, view } from "./model.js";
import { body, here, say } from "./page.js";
import { codePoints, placeAfter, withText } from "./place.js";

let running = null;
let draw = { all() {}, decision() {} };

// What draws the page: `all()` after each answer, `decision(entry)` when a decision was made.
export function drawWith(drawing) {
  draw = drawing;
}

// Takes a decision; its place, if it has one, is that on the page as shown. `make` gives the decision to send, from
// the paragraph as it is by then; `then` is called with whether it was taken.
export function decide(decision, { make, then } = {}) {
  const { kind, target } = decision;
  if (target && kind !== "field" && queue.some((one) => one.kind === kind && one.target === target)) return;
  const entry = { ...(isPlaced(decision) && decision.lost === undefined ? carried(decision) : decision), make, then };
  const old = view();
  queue.push(entry);
  if (isBehind()) note(old);
  draw.decision(entry);
  running ??= run();
}

// Resolves when every decision is answered.
export const allAnswered = () => running ?? Promise.resolve();

async function run() {
  while (queue.length) await send(queue[0]);
  running = null;
}

// The decision as it goes to the server; null or undefined where it can't be made.
function toSend({ make, then: _then, lost, ...decision }) {
  const now = known(decision.paragraph);
  if (make) return now && make(now);
  if (decision.kind === "state") return { ...decision, seen: body.dataset.seen };
  if (!isPlaced(decision)) return decision;
  return { ...decision, seen: lost === undefined ? now?.seen ?? "" : "", was: lost ?? now?.text ?? "" };
}

async function send(entry) {
  const decision = toSend(entry);
  if (decision === null) return learn(null, entry, 200); // the first paragraph can't go up
  if (!decision || (entry.lost !== undefined && entry.kind !== "text")) {
    return refused(entry, null, "changed meanwhile", { status: 409 });
  }
  const wanted = withText(texts(), entry).get(entry.paragraph);
  let { status, answer } = await post(decision);
  let message = answer.message ?? "the server doesn't answer";
  if (!answer.paragraphs) {
    answer = await fetchRecord();
    const isText = entry.kind === "text" && isPlaced(entry) && wanted !== decision.was;
    // It was taken all the same, and only the answer got lost.
    if (isText && answer && textIn(answer, entry.paragraph) === wanted) [status, message] = [200, "saved"];
  }
  if (status !== 200) return refused(entry, answer, message, { status, was: decision.was });
  learnAnswer(answer, entry, status);
  say(message);
  draw.all();
  entry.then?.(true);
}

async function post(decision) {
  try {
    const answer = await fetch(`${here}/decide`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...decision, known: versions() }),
    });
    return { status: answer.status, answer: await answer.json() };
  } catch {
    return { status: 0, answer: {} };
  }
}

// The record as if the page were opened anew; null where the server doesn't answer.
async function fetchRecord() {
  try {
    const answer = await fetch(here);
    return answer.ok ? answerFrom(new DOMParser().parseFromString(await answer.text(), "text/html")) : null;
  } catch {
    return null;
  }
}

function learnAnswer(answer, entry, status) {
  learn(answer, entry, status);
  if (answer) Object.assign(body.dataset, { seen: answer.seen, state: answer.state });
}

// The server took nothing. What was typed stays on the page, and so do decisions that were made without knowing of it.
function refused(entry, answer, message, { status, was }) {
  const isTyped = entry.kind === "field" || (entry.kind === "text" && isPlaced(entry));
  const isKept = isTyped || ![409, 422].includes(status) || (status === 409 && entry.kind !== "undo");
  learnAnswer(answer, entry, status);
  say(`${isTyped ? "Not saved: " : ""}${message}`, true);
  if (answer?.dialog) showConflict(answer.dialog, { mine: withLaterEdits(entry.paragraph), again });
  else if (isKept) keep(entry, message, isTyped && (() => again(entry, was)));
  if (entry.kind !== "undo" || status !== 422) dropDependent();
  draw.all();
  entry.then?.(false);
}

// The text of a paragraph with all that was typed into it since: one dialog for all of it.
function withLaterEdits(id) {
  const later = queue.filter((one) => one.paragraph === id && one.kind === "text" && one.lost !== undefined);
  for (const one of later) queue.splice(queue.indexOf(one), 1);
  const last = later.at(-1);
  return last && withText(new Map([[id, last.lost]]), last).get(id);
}

// "Undo" and "done" meant the page with the edit that wasn't taken.
function dropDependent() {
  for (const one of queue.filter(({ kind, target }) => kind === "state" || (kind === "undo" && !target))) {
    queue.splice(queue.indexOf(one), 1);
    keep(one, "what was decided before it wasn't saved");
    one.then?.(false);
  }
}

function again(decision, was) {
  const now = document.getElementById(decision.paragraph)?.text;
  if (!isPlaced(decision)) return decide(decision);
  const start = now === undefined ? null : placeAfter(decision.start, codePoints(decision.before), was, now);
  decide({ ...decision, ...(start === null ? { lost: was } : { start, lost: undefined }) });
}
