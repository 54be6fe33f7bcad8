// The server's answers, as values that the model takes and elements that the view draws.

import { $, $$, parsed } from "./page.js";

// What a whole page of the record says, in the form of an answer to a decision. Paragraphs are [id, version, HTML];
// no version means that the server gave none.
export function answerFrom(page) {
  return {
    paragraphs: $$("#paragraphs .para", page).map((one) => [one.id, undefined, one.outerHTML]),
    panel: $("#panel", page).innerHTML,
    doubtful: $("#doubtful", page).textContent,
    ...page.body.dataset,
  };
}

// A paragraph for the model, with the element (`made`) that the view copies.
export function paragraphFrom([id, version, html]) {
  const made = parsed(html).firstElementChild;
  return { id, version, made, seen: made.dataset.seen, text: textOf(made) };
}

const textOf = (paragraph) => ($(".gone", paragraph) ? "" : $(".text", paragraph).textContent);

// The text of a paragraph as an answer has it; undefined where the paragraph isn't in it.
export function textIn(answer, id) {
  const html = answer.paragraphs.find(([one]) => one === id)?.[2];
  return html && textOf(parsed(html).firstElementChild);
}
