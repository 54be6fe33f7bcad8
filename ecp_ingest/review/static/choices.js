// Other readings of the word at the cursor, as buttons 1 to 9.

import { replaceWord } from "./edit.js";
import { allAnswered } from "./outbox.js";
import { $, cursor, here, isDoubtful, onWord } from "./page.js";

// Milliseconds: the cursor rests this long on a word that isn't doubtful before its readings are asked for.
const REST = 120;

export async function offerChoices(word) {
  const choices = $("#choices");
  choices.replaceChildren();
  if (!isDoubtful(word) && !word.classList.contains("ok")) {
    await new Promise((rest) => setTimeout(rest, REST));
    if (cursor() !== word) return;
  }
  await allAnswered(); // the server has to know the word as the page shows it
  if (cursor() !== word) return;
  const { paragraph, start, before } = onWord(word);
  const query = new URLSearchParams({ paragraph, start, word: before });
  const answer = await fetch(`${here}/alternatives?${query}`).catch(() => null);
  const readings = answer?.ok ? await answer.json() : [];
  if (cursor() !== word) return;
  choices.replaceChildren(...readings.map((text, i) => choice(word, text, String(i + 1))));
}

function choice(word, text, key) {
  const button = document.createElement("button");
  button.type = "button";
  const lang = /[\u0600-\u06ff]/.test(text) ? "ur" : "en";
  button.append(
    Object.assign(document.createElement("kbd"), { textContent: key }), " ",
    Object.assign(document.createElement("bdi"), { textContent: text, lang }),
  );
  button.addEventListener("click", () => { if (cursor() === word) replaceWord(word, text); });
  return button;
}
