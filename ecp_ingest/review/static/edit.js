// What a person does to words and paragraphs.

import { $, $$, codePoints, cursor, isDoubtful, paragraphOf } from "./page.js";
import { select, step } from "./record.js";
import { catchUp, decide } from "./server.js";

export const onWord = (word, more) => {
  const paragraph = paragraphOf(word);
  return {
    paragraph: paragraph.id, start: Number(word.dataset.s), before: word.textContent, seen: paragraph.dataset.seen,
    was: paragraph.text, ...more,
  };
};

export const onParagraph = (paragraph, more) => ({ paragraph: paragraph.id, seen: paragraph.dataset.seen, ...more });

function settle(word) {
  word.classList.remove("d1", "d2");
  word.classList.add("ok", "pending");
}

export function accept(word) {
  decide(onWord(word, { kind: "accept", after: word.textContent }), { words: [word] });
  settle(word);
  step(1, isDoubtful);
}

export function acceptLine(cursor) {
  const paragraph = paragraphOf(cursor);
  const line = $$(".w", paragraph).filter((word) => word.dataset.n === cursor.dataset.n && word.dataset.g === cursor.dataset.g);
  const [start, last] = [Number(line[0].dataset.s), line.at(-1)];
  const text = [...paragraph.text].slice(start, Number(last.dataset.s) + codePoints(last.textContent)).join("");
  decide(onWord(line[0], { kind: "accept", before: text, after: text }), { words: line });
  line.forEach(settle);
  select(last, { focus: false });
  step(1);
}

// The word shows its new text at once and the cursor goes on: nobody waits for the disk.
export function replaceWord(word, text, onwards = true) {
  decide(onWord(word, { kind: "text", after: text }), { words: [word] });
  word.replaceChildren(text);
  settle(word);
  if (onwards) step(1, isDoubtful);
}

export function edit(word) {
  const text = word.textContent;
  const field = document.createElement("input");
  field.className = "edit";
  field.value = text;
  field.lang = $(".text", paragraphOf(word)).lang;
  field.dir = "auto";
  field.spellcheck = false;
  field.setAttribute("aria-label", "The word as it should read");
  const grow = () => { field.size = Math.max(4, field.value.length + 2); };
  grow();
  const leave = () => { field.onblur = null; word.replaceChildren(text); };
  const save = (onwards) => {
    leave();
    if (field.value !== text) replaceWord(word, field.value, false);
    else if (onwards) accept(word);
    catchUp();
    if (word.isConnected) select(word);
    if (onwards && field.value !== text) step(1, isDoubtful);
  };
  field.addEventListener("input", grow);
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); save(true); }
    if (event.key === "Escape") { leave(); catchUp(); select(word.isConnected ? word : cursor()); }
  });
  field.onblur = () => save(false); // nothing typed is ever dropped without Esc
  word.replaceChildren(field);
  field.focus();
  field.select();
}

export function rewrite(paragraph) {
  const old = $(".text", paragraph);
  const { text } = paragraph;
  const area = document.createElement("textarea");
  area.className = "rewrite";
  area.lang = old.lang;
  area.dir = old.dir;
  area.value = text;
  area.rows = Math.max(2, Math.ceil(text.length / 60));
  area.setAttribute("aria-label", `Text of paragraph ${paragraph.id}`);
  const leave = () => { area.onblur = null; area.replaceWith(old); catchUp(); };
  const save = () => {
    leave();
    if (area.value !== text) decide(onParagraph(paragraph, { kind: "text", start: 0, before: text, after: area.value, was: text }));
    if (cursor()) select(cursor());
  };
  area.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") { event.preventDefault(); save(); }
    if (event.key === "Escape") { leave(); if (cursor()) select(cursor()); }
  });
  area.onblur = save;
  old.replaceWith(area);
  area.focus();
}
