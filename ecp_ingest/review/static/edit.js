// What a person does to words and paragraphs.

import { select, step } from "./cursor.js";
import { decide } from "./outbox.js";
import { $, $$, cursor, isDoubtful, onWord, paragraphOf } from "./page.js";
import { codePoints } from "./place.js";
import { afterClick, catchUp } from "./view.js";

export function accept(word) {
  decide({ kind: "accept", ...onWord(word), after: word.textContent });
  step(1, isDoubtful);
}

export function acceptLine(cursor) {
  const paragraph = paragraphOf(cursor);
  const { n: box, g: page } = cursor.dataset;
  const line = $$(".w", paragraph).filter((word) => word.dataset.n === box && word.dataset.g === page);
  const [start, last] = [Number(line[0].dataset.s), line.at(-1)];
  const text = [...paragraph.text].slice(start, Number(last.dataset.s) + codePoints(last.textContent)).join("");
  decide({ kind: "accept", paragraph: paragraph.id, start, before: text, after: text });
  select(last, { focus: false });
  step(1);
}

// To the next doubtful word; after a deletion the cursor stays on a doubtful word that took the place.
function onwards(text) {
  if (text.trim() || !isDoubtful(cursor())) step(1, isDoubtful);
}

export function replaceWord(word, text) {
  decide({ kind: "text", ...onWord(word), after: text });
  onwards(text);
}

export const removeWord = (word) => decide({ kind: "text", ...onWord(word), after: "" });

export function edit(word) {
  const place = onWord(word);
  const text = place.before;
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
  const save = ({ isRight = false } = {}) => {
    leave();
    if (field.value !== text || isRight) decide({ kind: isRight ? "accept" : "text", ...place, after: field.value });
    catchUp();
  };
  field.addEventListener("input", grow);
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (!["Enter", "Tab", "Escape"].includes(event.key)) return;
    event.preventDefault(); // of Esc too: else it closes a dialog that has waited for the end of typing
    if (event.key === "Escape") {
      leave();
      catchUp();
      select(cursor());
    } else {
      const isRight = field.value === text;
      save({ isRight });
      select(cursor());
      onwards(field.value);
    }
  });
  field.onblur = () => afterClick(() => save()); // only Esc drops what was typed
  word.replaceChildren(field);
  field.focus();
  field.select();
}

export function rewrite(paragraph) {
  const old = $(".text", paragraph);
  const { id, text } = paragraph;
  const area = document.createElement("textarea");
  area.className = "rewrite";
  area.lang = old.lang;
  area.dir = old.dir;
  area.value = text;
  area.rows = Math.max(2, Math.ceil(text.length / 60));
  area.setAttribute("aria-label", `Text of paragraph ${id}`);
  const leave = () => { area.onblur = null; area.replaceWith(old); };
  const save = () => {
    leave();
    if (area.value !== text) decide({ kind: "text", paragraph: id, start: 0, before: text, after: area.value });
    catchUp();
  };
  area.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Enter") save();
    else { leave(); catchUp(); }
    if (cursor()) select(cursor());
  });
  area.onblur = () => afterClick(save);
  old.replaceWith(area);
  area.focus();
}
