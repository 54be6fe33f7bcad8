// Where a stretch of the text is once the text around it has changed. Offsets count code points; a page is a Map of
// paragraphs' texts by id, in order; a place is { paragraph, start, before }.

import { codePoints } from "./page.js";

// Where `length` code points from `start` on are, once the text reads `after`; null where more than their place may
// have changed.
export function placeAfter(start, length, before, after) {
  const [old, fresh] = [[...before], [...after]];
  const same = (from, to, shift) => old.slice(from, to).join("") === fresh.slice(from + shift, to && to + shift).join("");
  if (same(0, start + length, 0)) return start;
  const shift = fresh.length - old.length;
  return start + shift >= 0 && same(start, undefined, shift) ? start + shift : null;
}

const whole = (page) => [...page.values()].filter(Boolean).join(" ");

function offsets(page) {
  let at = 0;
  return [...page].filter(([, text]) => text).map(([id, text]) => {
    const start = at;
    at += codePoints(text) + 1;
    return [id, start, at - 1];
  });
}

// The place on the page `fresh` of what stood there on the page `old`; null where it may have changed itself.
export function placeOn(place, old, fresh) {
  const { paragraph, start, before } = place;
  if (old.get(paragraph) === fresh.get(paragraph)) return place;
  const length = codePoints(before);
  const offset = offsets(old).find(([id]) => id === paragraph)?.[1];
  // A paragraph that is parted or joined leaves the text as a whole as it was.
  const at = offset === undefined ? null : placeAfter(offset + start, length, whole(old), whole(fresh));
  const found = at === null ? null : offsets(fresh).find(([, from, to]) => from <= at && at + length <= to);
  if (found) return { ...place, paragraph: found[0], start: at - found[1] };
  if (!fresh.has(paragraph)) return null;
  const within = placeAfter(start, length, old.get(paragraph) ?? "", fresh.get(paragraph));
  return within === null ? null : { ...place, start: within };
}

// As records hold what was typed, but for Urdu letters typed as Arabic ones: those the server alone knows.
export const clean = (text) => text.normalize("NFC").trim().split(/\s+/).join(" ");

// The page with a decision of words made on it.
export function withText(page, { kind, paragraph, start, before, after }) {
  const text = [...(page.get(paragraph) ?? "")];
  const end = start + codePoints(before ?? "");
  if (kind !== "text" || start === undefined || text.slice(start, end).join("") !== before) return page;
  return new Map(page).set(paragraph, clean(text.slice(0, start).join("") + clean(after) + text.slice(end).join("")));
}
