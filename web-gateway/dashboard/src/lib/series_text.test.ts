import assert from "node:assert/strict";
import { test } from "node:test";
import { seriesText } from "./series_text.ts";

test("a series reads as a selector of itself, its labels sorted and quoted", () => {
  assert.equal(seriesText({ z: "1", __name__: "up", a: 'x"\\\n' }), 'up{a="x\\"\\\\\\n", z="1"}');
  assert.equal(seriesText({ __name__: "up" }), "up");
  assert.equal(seriesText({ mode: "idle" }), '{mode="idle"}');
  assert.equal(seriesText({}), "{}");
});
