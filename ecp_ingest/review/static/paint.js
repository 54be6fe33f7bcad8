// Shows a decision at once, before the server has written it to disk.

import { $, $$ } from "./page.js";
import { clean, codePoints, withText } from "./place.js";

// Puts a decision on a paragraph as the server will show it. Returns the word in the place of the first changed one, or
// the one next to it; null where no word changed.
export function paint(paragraph, decision) {
  const { kind, start, before, after } = decision;
  const choice = (kind === "kind" || kind === "language") && $(`[data-do=${kind}]`, paragraph);
  if (choice) choice.value = choice.dataset.now = after;
  if (kind !== "text" && kind !== "accept") return null;
  paragraph.painted = true;
  const end = start + codePoints(before);
  const all = $$(".w", paragraph);
  const spans = all.filter((word) => Number(word.dataset.s) >= start && Number(word.dataset.s) < end);
  if (kind === "accept") return spans.forEach(settle);
  const { id, text } = paragraph;
  const fresh = withText(new Map([[id, text]]), decision).get(id);
  const shift = codePoints(fresh) - codePoints(text);
  paragraph.text = fresh;
  const made = wordsOf(clean(after), start, spans[0]);
  const next = all[all.indexOf(spans.at(-1)) + 1] ?? all[all.indexOf(spans[0]) - 1];
  for (const word of all) if (Number(word.dataset.s) >= end) word.dataset.s = Number(word.dataset.s) + shift;
  put(made, spans, $(".text", paragraph));
  return made[0] ?? next ?? null;
}

function settle(word) {
  word.classList.remove("d1", "d2");
  word.classList.add("ok", "pending");
  delete word.dataset.w;
}

function wordsOf(text, start, like) {
  let at = start;
  return text.split(" ").filter(Boolean).map((part) => {
    const word = like?.cloneNode() ?? Object.assign(document.createElement("span"), { className: "w", tabIndex: -1 });
    word.classList.remove("cursor");
    word.tabIndex = -1;
    settle(word);
    word.textContent = part;
    word.dataset.s = at;
    at += codePoints(part) + 1;
    return word;
  });
}

// Replaces the words `spans` by the words `made`. Nothing else is touched: the focus stays, and a click that has begun
// finds its word.
function put(made, spans, text) {
  if (!spans.length) {
    text.classList.remove("gone");
    return text.replaceChildren(...made.flatMap((word, i) => (i ? [" ", word] : [word])));
  }
  const range = document.createRange();
  range.setStartBefore(spans[0]);
  range.setEndAfter(spans.at(-1));
  if (!made.length && spans.at(-1).nextSibling) range.setEndAfter(spans.at(-1).nextSibling);
  else if (!made.length && spans[0].previousSibling) range.setStartBefore(spans[0].previousSibling);
  range.deleteContents();
  const all = document.createDocumentFragment();
  all.append(...made.flatMap((word, i) => (i ? [" ", word] : [word])));
  range.insertNode(all);
}
