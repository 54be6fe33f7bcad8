// Decisions go to the server one after another. What is doubtful, what an edit means and whether it may be made is
// decided there alone.

import { body, codePoints, here, parsed, say, textOf } from "./page.js";
import { carried, isBehind, isPlaced, known, learn, note, queue, texts, versions, view } from "./model.js";
import { placeAfter, withText } from "./place.js";
import { isTyping, show, showDecision } from "./show.js";
import { keep, quarrel, unsaved } from "./unsaved.js";

let running = null;

// A decision; its place, if it has one, as the page shows it. `make` says what to ask for, from the paragraph as it is
// by then; `then` is told whether it was taken.
export function decide(decision, { make, then } = {}) {
  const { kind, target } = decision;
  if (target && kind !== "field" && queue.some((one) => one.kind === kind && one.target === target)) return;
  const entry = { ...(isPlaced(decision) && decision.lost === undefined ? carried(decision) : decision), make, then };
  const old = view();
  queue.push(entry);
  if (isBehind()) note(old);
  showDecision(entry);
  running ??= run();
}

// When all is answered.
export const decided = () => running ?? Promise.resolve();

async function run() {
  while (queue.length) await send(queue[0]);
  running = null;
}

function asked({ make, then, lost, ...decision }) {
  const now = known(decision.paragraph);
  if (make) return now && make(now);
  if (decision.kind === "state") return { ...decision, seen: body.dataset.seen };
  if (!isPlaced(decision)) return decision;
  return { ...decision, seen: lost === undefined ? now?.seen ?? "" : "", was: lost ?? now?.text ?? "" };
}

async function send(entry) {
  const decision = asked(entry);
  if (decision === null) return learn(null, entry, 200); // the first paragraph can't go up
  if (!decision || (entry.lost !== undefined && entry.kind !== "text")) return refused(entry, null, "changed meanwhile", { status: 409 });
  const wanted = withText(texts(), entry).get(entry.paragraph);
  let { status, answer } = await post(decision);
  let message = answer.message ?? "the server doesn't answer";
  if (!answer.paragraphs) {
    answer = await look();
    // It was taken all the same, and only the answer got lost.
    if (entry.kind === "text" && isPlaced(entry) && wanted !== decision.was && answer && told(answer, entry.paragraph) === wanted) [status, message] = [200, "saved"];
  }
  if (status !== 200) return refused(entry, answer, message, { status, was: decision.was });
  learn(answer, entry, status);
  say(message);
  show();
  entry.then?.(true);
}

async function post(decision) {
  try {
    const answer = await fetch(`${here}/decide`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...decision, known: versions() }),
    });
    return { status: answer.status, answer: await answer.json() };
  } catch {
    return { status: 0, answer: {} };
  }
}

// How the record stands, as if the page were opened anew; null where nobody says.
async function look() {
  try {
    const answer = await fetch(here);
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return {
      paragraphs: [...page.querySelectorAll("#paragraphs .para")].map((one) => [one.id, undefined, one.outerHTML]),
      panel: page.querySelector("#panel").innerHTML, doubtful: page.querySelector("#doubtful").textContent, ...page.body.dataset,
    };
  } catch {
    return null;
  }
}

function told(answer, id) {
  const html = answer.paragraphs.find(([one]) => one === id)?.[2];
  return html && textOf(parsed(html).firstElementChild);
}

// Nothing was taken. What was typed is kept before the person's eyes, and what was decided without knowing of it.
function refused(entry, answer, message, { status, was }) {
  const isTyped = entry.kind === "field" || (entry.kind === "text" && isPlaced(entry));
  learn(answer, entry, status);
  say(`${isTyped ? "Not saved: " : ""}${message}`, true);
  if (answer?.dialog) quarrel(answer.dialog, { mine: withTheRest(entry.paragraph), again });
  else if (isTyped || ![409, 422].includes(status) || (status === 409 && entry.kind !== "undo")) keep(entry, message, isTyped && (() => again(entry, was)));
  if (entry.kind !== "undo" || status !== 422) dropBlind();
  show();
  entry.then?.(false);
}

// How a paragraph reads with all that was typed into it since: one dialog for all of it.
function withTheRest(id) {
  const rest = queue.filter((one) => one.paragraph === id && one.kind === "text" && one.lost !== undefined);
  for (const one of rest) queue.splice(queue.indexOf(one), 1);
  const last = rest.at(-1);
  return last && withText(new Map([[id, last.lost]]), last).get(id);
}

// "Undo" and "done" meant the page with the edit that wasn't taken.
function dropBlind() {
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

window.addEventListener("beforeunload", (event) => { if (queue.length || unsaved() || isTyping()) event.preventDefault(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
