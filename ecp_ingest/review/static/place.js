// Where a stretch of the text is after the text around it has changed. Offsets count code points; a page is a Map of
// paragraphs' texts by id, in order; a place is { paragraph, start, before }.

export const codePoints = (text) => [...text].length;

// The new offset of the `length` code points at `start`, when the text `before` has become `after`; null where more
// than their place may have changed.
export function placeAfter(start, length, before, after) {
  const [old, fresh] = [[...before], [...after]];
  const same = (from, to, shift) => (
    old.slice(from, to).join("") === fresh.slice(from + shift, to && to + shift).join("")
  );
  if (same(0, start + length, 0)) return start;
  const shift = fresh.length - old.length;
  return start + shift >= 0 && same(start, undefined, shift) ? start + shift : null;
}

const whole = (page) => [...page.values()].filter(Boolean).join(" ");

// [id, first, last] of each paragraph that has text, as offsets in the whole page.
function offsets(page) {
  let at = 0;
  return [...page].filter(([, text]) => text).map(([id, text]) => {
    const start = at;
    at += codePoints(text) + 1;
    return [id, start, at - 1];
  });
}

// The place on the page `fresh` of the words at `place` on the page `old`; null where they may have changed.
export function placeOn(place, old, fresh) {
  const { paragraph, start, before } = place;
  if (old.get(paragraph) === fresh.get(paragraph)) return place;
  const length = codePoints(before);
  const offset = offsets(old).find(([id]) => id === paragraph)?.[1];
  // A split or a merge doesn't change the text of the page as a whole.
  const at = offset === undefined ? null : placeAfter(offset + start, length, whole(old), whole(fresh));
  const found = at === null ? null : offsets(fresh).find(([, from, to]) => from <= at && at + length <= to);
  if (found) return { ...place, paragraph: found[0], start: at - found[1] };
  if (!fresh.has(paragraph)) return null;
  const within = placeAfter(start, length, old.get(paragraph) ?? "", fresh.get(paragraph));
  return within === null ? null : { ...place, start: within };
}

// Typed text as records hold it. Arabic letters stay: the server alone knows which Urdu letters they stand for.
export const clean = (text) => text.normalize("NFC").trim().split(/\s+/).join(" ");

// The page after a decision about its words; a decision of another kind leaves it as it is.
export function withText(page, { kind, paragraph, start, before, after }) {
  const text = [...(page.get(paragraph) ?? "")];
  const end = start + codePoints(before ?? "");
  if (kind !== "text" || start === undefined || text.slice(start, end).join("") !== before) return page;
  return new Map(page).set(paragraph, clean(text.slice(0, start).join("") + clean(after) + text.slice(end).join("")));
}
