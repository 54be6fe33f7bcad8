import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const FOLDER = new URL("../../../ecp_ingest/review/static/", import.meta.url);
const PURE = ["model", "place"];

const names = readdirSync(FOLDER).filter((name) => name.endsWith(".js")).map((name) => name.slice(0, -3));
const sources = new Map(names.map((name) => [name, readFileSync(new URL(`${name}.js`, FOLDER), "utf8")]));
const IMPORT = /^(?:import|export) [^;]*?"\.\/(\w+)\.js";/gms;
const imports = (name) => [...sources.get(name).matchAll(IMPORT)].map((match) => match[1]);

function circle(name, path = []) {
  if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
  for (const one of imports(name)) {
    const found = circle(one, [...path, name]);
    if (found) return found;
  }
  return null;
}

for (const name of names) {
  test(`${name}.js is in no circle of imports`, () => assert.equal(circle(name)?.join(" → "), undefined));
}

test("every import is found", () => {
  assert.deepEqual(imports("choices"), ["edit", "outbox", "page"]);
  for (const name of names) for (const one of imports(name)) assert.ok(sources.has(one), `${name} imports ${one}`);
});

test("only the page's own script connects the modules: nothing imports it", () => {
  for (const name of names) assert.ok(!imports(name).includes("record"), `${name} imports record`);
});

for (const name of PURE) {
  test(`${name}.js doesn't touch the document`, () => {
    assert.deepEqual(imports(name).filter((one) => !PURE.includes(one)), []);
    assert.doesNotMatch(sources.get(name).replace(/\/\/.*$/gm, ""), /\b(document|window|fetch)\b/);
  });
}
