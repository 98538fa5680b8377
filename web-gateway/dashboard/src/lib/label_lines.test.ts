import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLabels } from "./label_lines.ts";

test("a label is all before the first equals sign, and its value all behind", () => {
  assert.deepEqual(parseLabels("env=prod\n\n  note = a=b \nempty=").labels, { env: "prod", note: "a=b", empty: "" });
  assert.deepEqual(parseLabels(" \n"), { labels: {}, problem: "" });
});

test("what is no label is named", () => {
  assert.match(parseLabels("env=prod\nteam").problem, /^“team” is no label/);
  assert.match(parseLabels("=prod").problem, /^“=prod” is no label/);
  assert.match(parseLabels("env=a\nenv=b").problem, /two labels env/);
});

test("a key may be called as what every object has", () => {
  assert.deepEqual(Object.keys(parseLabels("__proto__=1\nconstructor=2").labels), ["__proto__", "constructor"]);
});
