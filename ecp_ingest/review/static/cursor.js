// The cursor: the one word that keys act on.

import { $, cursor, isDoubtful, paragraphOf, say, words } from "./page.js";
import { showOnScan } from "./scan.js";

let moved = () => {};

// `listener` is called with each word that the cursor moves to.
export function onMove(listener) {
  moved = listener;
}

// `again`: the same word, after the page was drawn anew.
export function select(word, { focus = true, again = false } = {}) {
  if (!word) return;
  const old = cursor();
  old?.classList.remove("cursor");
  if (old) old.tabIndex = -1;
  $(".para.here")?.classList.remove("here");
  word.classList.add("cursor");
  word.tabIndex = 0;
  paragraphOf(word).classList.add("here");
  if (focus) word.focus({ preventScroll: true });
  if (!again) word.scrollIntoView({ block: "nearest" });
  $("#why").textContent = word.dataset.w || (word.classList.contains("ok") ? "seen by a person" : "");
  showOnScan(word);
  if (!again) moved(word);
}

// To the next word (`by` 1) or the previous one (`by` -1) that is `wanted`.
export function step(by, wanted = () => true) {
  const all = words();
  let at = all.indexOf(cursor());
  if (at < 0 && by < 0) at = all.length;
  for (at += by; at >= 0 && at < all.length; at += by) if (wanted(all[at])) return select(all[at]);
  say(wanted === isDoubtful ? "No more doubtful words in this direction." : "");
}

// Where a word has no line on the scan, the words at one height on the screen are its line.
function lineOf(word) {
  return `${paragraphOf(word).id} ${word.dataset.n ?? Math.round(word.getBoundingClientRect().bottom)}`;
}

// To the first word of the next line (`by` 1) or of the previous one (`by` -1).
export function stepLine(by) {
  if (!cursor()) return step(1);
  const all = words();
  const line = lineOf(cursor());
  let at = all.indexOf(cursor());
  while (all[at] && lineOf(all[at]) === line) at += by;
  if (!all[at]) return;
  const found = lineOf(all[at]);
  while (by < 0 && all[at - 1] && lineOf(all[at - 1]) === found) at -= 1;
  select(all[at]);
}
