// What the page knows: what the server said last, what isn't answered yet, and how one becomes the other.

import { $, $$, body, parsed, textOf } from "./page.js";
import { placeOn, withText } from "./place.js";

// Decisions that aren't answered yet, first to last. The place of each is the one it will have when it is sent;
// `lost`, of one whose place has changed under it: the text that the person had before them.
export const queue = [];
export const said = { panel: $("#panel").innerHTML, doubtful: $("#doubtful").textContent };
let paragraphs = new Map();
// What became of the page since it was last drawn, while it can't be: { old, fresh, own }.
const steps = [];

export const isPlaced = (decision) => decision.start !== undefined;
// Whether a decision may change any paragraph, not only the text of its own.
const isFar = ({ kind, start }) => ["undo", "order", "merge", "split"].includes(kind) || (kind === "text" && start === undefined);

export const known = (id) => paragraphs.get(id);
export const all = () => [...paragraphs.values()];
export const texts = () => new Map(all().map((one) => [one.id, one.text]));
export const standing = () => queue.filter((one) => one.lost === undefined);
export const versions = () => Object.fromEntries(all().map((one) => [one.id, one.version]));
export const view = () => standing().reduce(withText, texts());

// id → what the server says of a paragraph, with an element to be copied.
function told(list) {
  return new Map(list.map(([id, version, html]) => {
    const now = paragraphs.get(id);
    if (!html || (version && now?.version === version)) return [id, now];
    const made = parsed(html).firstElementChild;
    return [id, { id, version, made, seen: made.dataset.seen, text: textOf(made) }];
  }));
}

// What the server said to the first of the waiting decisions, and what becomes of the others. No `answer`: it said
// nothing; `status` is 409 where somebody else was there first.
export function learn(answer, first, status) {
  const [shown, before] = [view(), texts()];
  if (answer) {
    paragraphs = told(answer.paragraphs);
    Object.assign(said, { panel: answer.panel, doubtful: answer.doubtful });
    body.dataset.seen = answer.seen;
    body.dataset.state = answer.state;
  }
  queue.shift();
  const own = (id) => status !== 409 && (isFar(first) || id === first.paragraph);
  rebase(first.lost === undefined ? withText(before, first) : before, texts(), own);
  note(shown, own);
}

// Whoever types fast makes the next edit before the last is answered: what changed since is then one's own edit, and
// the place has only moved. What somebody else changed is for the server to find.
function rebase(old, fresh, own) {
  for (const one of queue) {
    const [from, to] = [old, fresh];
    if (one.lost !== undefined || !isPlaced(one)) continue;
    old = withText(from, one);
    const place = own(one.paragraph) || from.get(one.paragraph) === to.get(one.paragraph) ? placeOn(one, from, to) : null;
    if (place) fresh = withText(to, Object.assign(one, { paragraph: place.paragraph, start: place.start }));
    else one.lost = from.get(one.paragraph) ?? "";
  }
}

// ── while the page can't be drawn anew ──────────────────────────────────────────────────────────────────────────

export function note(old, own = () => true) {
  const fresh = view();
  if ([...old].join("\n") !== [...fresh].join("\n")) steps.push({ old, fresh, own });
}

export const isBehind = () => steps.length > 0;
export const drawn = () => steps.splice(0);

// A place on the page as it is shown, on the page as it has become since; with what the person had before them as
// `lost` where that has changed.
export function carried(place) {
  for (const { old, fresh, own } of steps) {
    const id = place.paragraph;
    const moved = own(id) || old.get(id) === fresh.get(id) ? placeOn(place, old, fresh) : null;
    if (!moved) return { ...place, lost: old.get(id) ?? "" };
    place = moved;
  }
  return place;
}

// The same for the cursor, which has to stand somewhere.
export const nearest = (place) => steps.reduce((at, { old, fresh }) => placeOn(at, old, fresh) ?? at, place);

paragraphs = told($$("#paragraphs .para").map((one) => [one.id, undefined, one.outerHTML]));
for (const one of $$("#paragraphs .para")) {
  const { made, text } = known(one.id);
  Object.assign(one, { made, text });
}
