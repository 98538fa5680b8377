import assert from "node:assert/strict";
import { test } from "node:test";
import { mistakeExcerpt, promqlMistake } from "./promql_error.ts";

test("the place of a mistake is taken from the sentence", () => {
  assert.deepEqual(promqlMistake('1:5: parse error: unexpected identifier "bar"', "foo bar"), {
    message: 'unexpected identifier "bar"',
    offset: 4,
  });
});

test("lines and characters of several bytes count as what they are", () => {
  assert.equal(promqlMistake("2:3: parse error: x", "sum(\n  y!").offset, 7);
  assert.equal(promqlMistake("1:8: parse error: x", 'a{b="ü"!').offset, 6);
});

test("a place beyond the end is the end", () => {
  assert.equal(promqlMistake("1:99: parse error: unclosed", "sum(").offset, 4);
  assert.equal(promqlMistake("7:1: parse error: unclosed", "sum(").offset, 4);
});

test("a sentence without a place has none", () => {
  assert.deepEqual(promqlMistake("too many queries", "up"), { message: "too many queries", offset: undefined });
});

test("an excerpt shows the word that is wrong, in its line", () => {
  assert.deepEqual(mistakeExcerpt("sum(\n  up foo_bar)\n+ 1", 10), { before: "  up ", at: "foo_bar", after: ")" });
  assert.deepEqual(mistakeExcerpt("sum(up", 6), { before: "sum(up", at: "", after: "" });
  assert.deepEqual(mistakeExcerpt("sum(\nup", 4), { before: "sum(", at: "", after: "" });
});

test("an excerpt of a long line is short", () => {
  const { before, at, after } = mistakeExcerpt(`${"a ".repeat(100)}! ${"b ".repeat(100)}`, 200);
  assert.deepEqual([before.length, at, after.length], [41, "!", 41]);
});
