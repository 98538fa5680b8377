import assert from "node:assert/strict";
import { test } from "node:test";
import { EqlRegex, NeqRegex } from "@prometheus-io/lezer-promql";
import { promqlClient, selectorOf } from "./promql_completion.ts";

test("values are offered of the series that the rest of the selector means", () => {
  const typed = [
    { type: EqlRegex, name: "instance", value: "web.*" },
    { type: NeqRegex, name: "cpu", value: "0" },
    { type: 0, name: "mode", value: "us" },
    { type: 0, name: "job", value: 'a"b' },
  ];
  const selector = 'node_cpu_seconds_total{instance=~"web.*",cpu!~"0",job="a\\"b"}';
  assert.equal(selectorOf("mode", "node_cpu_seconds_total", typed), selector);
});

test("without other matchers the metric is enough, and without a metric everything is meant", () => {
  assert.equal(selectorOf("mode", "up", [{ type: 0, name: "mode", value: "" }]), "up");
  assert.equal(selectorOf("mode", "", []), "");
});

test("the metric's own name is no label to choose", async () => {
  const client = promqlClient({
    metricNames: async () => ["up"],
    metricMeanings: async () => new Map([["up", { type: "gauge", help: "whether it is" }]]),
    labelNames: async (selector) => ["__name__", selector],
    labelValues: async () => [],
  });
  assert.deepEqual(await client.labelNames("up"), ["up"]);
  assert.deepEqual(await client.metricMetadata(), { up: [{ type: "gauge", help: "whether it is" }] });
});
