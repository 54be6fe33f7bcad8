import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import * as model from "../../../ecp_ingest/review/static/model.js";

// In place of HTML these answers have the bare text.
const read = ([id, version, text]) => ({ id, version, seen: `${id}@${version}`, text });
const answer = (...paragraphs) => ({ paragraphs, panel: "panel", doubtful: "2" });
const edit = (start, before, after, paragraph = "p1") => ({ kind: "text", paragraph, start, before, after });

beforeEach(() => {
  model.queue.length = 0;
  model.drawn();
  model.open(answer(["p1", 1, "one two three"], ["p2", 1, "four"]), read);
});

test("the page shows what isn't answered yet", () => {
  model.queue.push(edit(4, "two", "2"));
  assert.equal(model.view().get("p1"), "one 2 three");
  assert.equal(model.texts().get("p1"), "one two three");
});

test("an answer without a paragraph's text leaves that paragraph as it was", () => {
  const before = model.known("p2");
  model.queue.push(edit(4, "two", "2"));
  model.learn(answer(["p1", 2, "one 2 three"], ["p2", 1, null]), model.queue[0], 200);
  assert.equal(model.known("p2"), before);
  assert.deepEqual(model.versions(), { p1: 2, p2: 1 });
  assert.deepEqual(model.latest, { panel: "panel", doubtful: "2" });
});

test("the place of a later edit moves with one's own earlier edit", () => {
  model.queue.push(edit(0, "one", "eleven"), edit(11, "three", "3"));
  model.learn(answer(["p1", 2, "eleven two three"], ["p2", 1, null]), model.queue[0], 200);
  assert.equal(model.queue[0].start, 11);
  assert.equal(model.view().get("p1"), "eleven two 3");
});

test("a refused edit moves back the places of those after it", () => {
  model.queue.push(edit(0, "one", "eleven"), edit(11, "three", "3"));
  model.learn(answer(["p1", 1, null], ["p2", 1, null]), model.queue[0], 422);
  assert.equal(model.queue[0].start, 8);
  assert.equal(model.view().get("p1"), "one two 3");
});

test("an edit of what somebody else has changed is lost, with the text that the person saw", () => {
  model.queue.push(edit(0, "one", "1"), edit(4, "three", "3"));
  model.queue[1].start = 6;
  model.learn(answer(["p1", 3, "uno dos tres"], ["p2", 1, null]), model.queue[0], 409);
  assert.equal(model.queue[0].lost, "1 two three");
  assert.deepEqual(model.onPage(), []);
});

test("while the page can't be drawn, a place on it is carried to the page as it is", () => {
  model.queue.push({ kind: "split", paragraph: "p1", start: 4, before: "" });
  model.learn(answer(["p1", 2, "one"], ["p3", 1, "two three"], ["p2", 1, null]), model.queue[0], 200);
  assert.ok(model.isBehind());
  assert.deepEqual(model.carried({ paragraph: "p1", start: 8, before: "three" }), {
    paragraph: "p3", start: 4, before: "three",
  });
  assert.equal(model.nearest({ paragraph: "p2", start: 0, before: "four" }).paragraph, "p2");
  model.drawn();
  assert.ok(!model.isBehind());
});

test("a place whose text somebody else has changed is carried as lost", () => {
  model.queue.push(edit(0, "four", "4", "p2"));
  model.learn(answer(["p1", 2, "uno dos"], ["p2", 1, null]), model.queue[0], 409);
  assert.equal(model.carried({ paragraph: "p1", start: 4, before: "two" }).lost, "one two three");
});
