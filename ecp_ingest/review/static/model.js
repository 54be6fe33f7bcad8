// What the page knows: the server's last answer, the decisions that aren't answered yet, and how one becomes the
// other. Nothing here touches the document.

import { placeOn, withText } from "./place.js";

// Decisions that aren't answered yet, first to last. The place of each is the one that it will have when it is sent.
// `lost` is set where its place has changed meanwhile: the text that the person saw.
export const queue = [];
export const latest = { panel: "", doubtful: "" };
let paragraphs = new Map();
let paragraphFrom = () => undefined;
// How the text changed since the page was last drawn, while it can't be drawn: { old, fresh, own }.
const steps = [];

// The first answer. `read` makes a paragraph { id, version, seen, text, … } of an answer's [id, version, HTML].
export function open(answer, read) {
  paragraphFrom = read;
  take(answer);
}

export const isPlaced = (decision) => decision.start !== undefined;
// Whether a decision may change any paragraph, not only the text of its own.
const isFar = ({ kind, start }) => (
  ["undo", "order", "merge", "split"].includes(kind) || (kind === "text" && start === undefined)
);

export const known = (id) => paragraphs.get(id);
export const all = () => [...paragraphs.values()];
export const texts = () => new Map(all().map((one) => [one.id, one.text]));
export const onPage = () => queue.filter((one) => one.lost === undefined);
export const versions = () => Object.fromEntries(all().map((one) => [one.id, one.version]));
// The page's texts with every unanswered decision made.
export const view = () => onPage().reduce(withText, texts());

// An answer leaves out the HTML of paragraphs that haven't changed.
function take(answer) {
  paragraphs = new Map(answer.paragraphs.map(([id, version, html]) => {
    const now = paragraphs.get(id);
    return [id, !html || (version && now?.version === version) ? now : paragraphFrom([id, version, html])];
  }));
  Object.assign(latest, { panel: answer.panel, doubtful: answer.doubtful });
}

// Takes the server's answer to the first of the waiting decisions, and moves the places of the others. `answer` is
// null where there was none; `status` is 409 where somebody else has changed the record.
export function learn(answer, first, status) {
  const [shown, before] = [view(), texts()];
  if (answer) take(answer);
  queue.shift();
  const own = (id) => status !== 409 && (isFar(first) || id === first.paragraph);
  rebase(first.lost === undefined ? withText(before, first) : before, texts(), own);
  note(shown, own);
}

// Whoever types fast makes the next edit before the last is answered: what changed since is then one's own edit, and
// the place has only moved. Changes by somebody else are for the server to find.
function rebase(old, fresh, own) {
  for (const one of queue) {
    const [from, to] = [old, fresh];
    if (one.lost !== undefined || !isPlaced(one)) continue;
    old = withText(from, one);
    const isOwn = own(one.paragraph) || from.get(one.paragraph) === to.get(one.paragraph);
    const place = isOwn ? placeOn(one, from, to) : null;
    if (place) fresh = withText(to, Object.assign(one, { paragraph: place.paragraph, start: place.start }));
    else one.lost = from.get(one.paragraph) ?? "";
  }
}

// ── while the page can't be drawn ───────────────────────────────────────────────────────────────────────────────

// Notes how the text has changed from `old`. `own(id)`: whether the change of that paragraph is one's own.
export function note(old, own = () => true) {
  const fresh = view();
  if ([...old].join("\n") !== [...fresh].join("\n")) steps.push({ old, fresh, own });
}

export const isBehind = () => steps.length > 0;
export const drawn = () => steps.splice(0);

// A place on the page as shown → the same place on the page as it is now; with the text that the person saw as `lost`
// where that has changed.
export function carried(place) {
  for (const { old, fresh, own } of steps) {
    const id = place.paragraph;
    const moved = own(id) || old.get(id) === fresh.get(id) ? placeOn(place, old, fresh) : null;
    if (!moved) return { ...place, lost: old.get(id) ?? "" };
    place = moved;
  }
  return place;
}

// The same for the cursor, which has to be somewhere.
export const nearest = (place) => steps.reduce((at, { old, fresh }) => placeOn(at, old, fresh) ?? at, place);
