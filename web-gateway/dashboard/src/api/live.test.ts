import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { CallError } from "./client.ts";
import { LiveTopicSchema } from "./gen/syspulse/v1/live_service_pb.js";
import { refusedExpression } from "./live.ts";

const topics = [
  create(LiveTopicSchema, { topic: { case: "hosts", value: {} } }),
  create(LiveTopicSchema, { topic: { case: "query", value: { query: "up" } } }),
];

test("a stream that is refused for one expression names that one", () => {
  const ended = { kind: "ended", expression: "up", reason: "the query is too long" };
  assert.deepEqual(refusedExpression(new CallError("topic 1: the query is too long", true), topics), ended);
});

test("nothing else is an expression's fault", () => {
  for (const message of ["topic 0: no", "topic 7: no", "no", "no topic 1: no"]) {
    assert.equal(refusedExpression(new CallError(message, true), topics), undefined, message);
  }
  assert.equal(refusedExpression(new CallError("topic 1: lost", false), topics), undefined);
});
