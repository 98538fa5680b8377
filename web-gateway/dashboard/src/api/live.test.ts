import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { LiveTopicSchema, TopicErrorSchema } from "./gen/syspulse/v1/live_service_pb.js";
import { toProblem } from "./live.ts";

const hosts = create(LiveTopicSchema, { topic: { case: "hosts", value: {} } });
const query = create(LiveTopicSchema, { topic: { case: "query", value: { query: "up" } } });
const snapshots = create(LiveTopicSchema, { topic: { case: "snapshots", value: {} } });
const error = create(TopicErrorSchema, { code: Code.ResourceExhausted, message: "too much" });

test("an expression and a list of hosts fail alone", () => {
  assert.deepEqual(toProblem(query, error), { kind: "ended", expression: "up", reason: "too much" });
  assert.deepEqual(toProblem(hosts, error), { kind: "fleetProblem", reason: "too much" });
});

test("what the page cannot do without is an error of the stream", () => {
  for (const about of [snapshots, undefined]) {
    assert.throws(
      () => toProblem(about, error),
      (thrown) => thrown instanceof ConnectError && thrown.code === Code.ResourceExhausted,
    );
  }
});
