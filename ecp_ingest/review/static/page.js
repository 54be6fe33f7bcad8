// What all modules share: the page's elements, the cursor, and messages to the person.

export const body = document.body;
export const here = `${body.dataset.root}/record/${body.dataset.key}`;
export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

export const words = () => $$(".w", $("#paragraphs"));
export const paragraphOf = (word) => word.closest(".para");
export const isDoubtful = (word) => word.matches(".d1, .d2");
// The place of a word, as decisions name it.
export const onWord = (word) => (
  { paragraph: paragraphOf(word).id, start: Number(word.dataset.s), before: word.textContent }
);
export const cursor = () => $(".w.cursor");

export function say(message, bad = false) {
  $("#status").textContent = message;
  $("#status").classList.toggle("bad", bad);
}

export function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}

const key = (name) => Object.assign(document.createElement("kbd"), { textContent: name });

export function showState() {
  $("#done").replaceChildren(body.dataset.state === "done" ? "Open again " : "Done ", key("d"));
  const open = $$("#panel .reason, #panel .pair").length;
  $("#reasons").hidden = !open;
  $("#reasons").replaceChildren(`To settle: ${open} `, key("c"));
}
