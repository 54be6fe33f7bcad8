import assert from "node:assert/strict";
import { test } from "node:test";

import { clean, codePoints, placeAfter, placeOn, withText } from "../../../ecp_ingest/review/static/place.js";

const page = (...texts) => new Map(texts.map((text, i) => [`p${i + 1}`, text]));

test("offsets count code points, not UTF-16 units", () => {
  assert.equal(codePoints("𝄞ا"), 2);
});

test("a stretch before a change stays, one behind it moves, one that may have changed has no place", () => {
  assert.equal(placeAfter(0, 3, "The old end", "The newer end"), 0);
  assert.equal(placeAfter(8, 3, "The old end", "The newer end"), 10);
  assert.equal(placeAfter(4, 3, "The old end", "The newer end"), null);
});

test("a place follows its words through a split and a merge", () => {
  const place = { paragraph: "p1", start: 8, before: "three" };
  const split = new Map([["p1", "one two"], ["p1a", "three four"]]);
  assert.deepEqual(placeOn(place, page("one two three four"), split), { ...place, paragraph: "p1a", start: 0 });
  assert.deepEqual(placeOn({ ...place, paragraph: "p1a", start: 0 }, split, page("one two three four")), place);
});

test("a place in a paragraph that is gone is unknown", () => {
  assert.equal(placeOn({ paragraph: "p2", start: 0, before: "b" }, page("a", "b"), page("a c")), null);
});

test("typed text is normalised as records have it", () => {
  assert.equal(clean("  cafe\u0301 \n au  lait "), "caf\u00e9 au lait");
});

test("a text decision changes its paragraph only where the words are still the same", () => {
  const decision = { kind: "text", paragraph: "p1", start: 4, before: "old", after: " new  er " };
  assert.equal(withText(page("The old end"), decision).get("p1"), "The new er end");
  const changed = page("The odd end");
  assert.equal(withText(changed, decision), changed);
  assert.equal(withText(changed, { ...decision, kind: "accept" }), changed);
});

test("a word that is deleted takes one space along", () => {
  const decision = { kind: "text", paragraph: "p1", start: 4, before: "old", after: "" };
  assert.equal(withText(page("The old end"), decision).get("p1"), "The end");
});
