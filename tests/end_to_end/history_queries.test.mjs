// What a host reported, asked for as dashboards ask: through the agent's stream, the store and the gateway, and beside it by
// Debian's Prometheus that was given the same samples.
//
//   SYSPULSE_RECORDING=FILE      see recorded.mjs
//   SYSPULSE_EXPRESSIONS=FILE    a JSON list of expressions, instead of those made of what dashboards select
//   SYSPULSE_TEST_QUERIES=2000   expressions by chance over the same samples
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { askHttp, compare } from "./answers.mjs";
import { QueryMaker } from "./promql_queries.mjs";
import { Recorded } from "./recorded.mjs";
import { ROOT } from "./stack.mjs";

const QUERIES = Number(process.env.SYSPULSE_TEST_QUERIES ?? 2000);
const SEED = Number(process.env.SYSPULSE_TEST_SEED ?? 1);

let recorded;
let stack;
let prometheus;
let series;
before(async () => {
  recorded = await Recorded.start();
  ({ stack, prometheus, series } = recorded);
});
after(() => recorded?.stop());

const compareBoth = (queries) => compare((query) => askHttp(stack.http, query), (query) => askHttp(prometheus.address, query), queries);

/** Moments and ranges over the recording, as a dashboard asks: around its middle, and whole with steps. */
function whens() {
  const { start, end } = series;
  const middle = start + (end - start) * 0.6;
  return [{ time: middle }, { time: end + 200 }, { start, end, step: Math.max(1, Math.round((end - start) / 30)) }, { start: middle - 15, end: middle + 5, step: 1 }];
}

/** Expressions as dashboards make them of a selector: two of these each, in turn, so that all selectors have all together. */
function expressionsOf(selector, turn) {
  const bare = selector.replace(/\{.*/, "");
  const range = /_total|_seconds|_count$/.test(bare) ? ["rate", "irate", "increase"] : ["avg_over_time", "max_over_time", "delta", "deriv"];
  const all = [
    `sum by (instance) (${selector})`,
    `100 * ${selector} / on (instance, job) group_left sum by (instance, job) (${selector})`,
    ...range.flatMap((name) => [`${name}(${selector}[10s])`, `sum without (cpu, device) (${name}(${selector}[20s:4s]))`]),
    `count(topk(3, ${selector} > 0))`, // which of those that are equal is chance
    `count(${selector} offset 5s) by (job)`,
  ];
  return [selector, all[turn % all.length], all[(turn + 5) % all.length]];
}

function dashboardExpressions() {
  if (process.env.SYSPULSE_EXPRESSIONS) return JSON.parse(readFileSync(process.env.SYSPULSE_EXPRESSIONS, "utf8"));
  const asked = JSON.parse(readFileSync(path.join(ROOT, "tests/fixtures/dashboards.json"), "utf8"));
  const known = new Set(series.metrics.map(({ name }) => name));
  // What the recording has none of answers with nothing: one expression is enough to see that.
  return [...new Set(Object.values(asked).flat())].flatMap((selector, i) => (known.has(selector.replace(/\{.*/, "")) ? expressionsOf(selector, i) : [selector]));
}

test("what dashboards ask is answered as by Prometheus", { timeout: 600_000 }, async (context) => {
  const expressions = dashboardExpressions();
  const queries = expressions.flatMap((text) => whens().map((when) => ({ text, ...when })));
  const { answered, failures } = await compareBoth(queries);
  context.diagnostic(`${expressions.length} expressions, ${queries.length} queries, ${answered} with an answer`);
  assert.equal(failures.length, 0, `${failures.length} of ${queries.length} differ:\n${failures.slice(0, 50).join("\n")}`);
  assert.ok(answered > queries.length / 4, `only ${answered} of ${queries.length} queries had something to answer`);
});

test("expressions by chance over the same samples are answered as by Prometheus", { timeout: 3_600_000 }, async (context) => {
  const maker = new QueryMaker(SEED, series.metrics, series);
  const queries = Array.from({ length: QUERIES }, () => {
    const from = series.start + Math.floor(maker.next() * (series.end - series.start) * 1.1) - 5;
    const when = maker.chance(0.5) ? { time: from } : { start: from, end: from + 5 + Math.floor(maker.next() * 200), step: maker.pick([1, 2, 7, 15]) };
    return { text: maker.expression(), ...when };
  });
  const { answered, failures } = await compareBoth(queries);
  context.diagnostic(`${answered} of ${QUERIES} queries have an answer`);
  assert.equal(failures.length, 0, `${failures.length} of ${QUERIES} differ:\n${failures.slice(0, 50).join("\n")}`);
  assert.ok(answered > QUERIES / 4, `only ${answered} of ${QUERIES} queries had something to answer`);
});

test("labels and series are listed as by Prometheus", async () => {
  const { start, end } = series;
  const asked = ["/api/v1/labels", "/api/v1/label/__name__/values", "/api/v1/label/device/values", "/api/v1/label/mode/values", '/api/v1/series?match[]={job="syspulse"}'];
  for (const place of asked) {
    const url = `${place}${place.includes("?") ? "&" : "?"}start=${start}&end=${end}`;
    const [ours, theirs] = await Promise.all([stack.http, prometheus.address].map(async (address) => (await fetch(`http://${address}${url}`)).text()));
    assert.deepEqual(JSON.parse(ours).data.map((one) => JSON.stringify(one)).sort(), JSON.parse(theirs).data.map((one) => JSON.stringify(one)).sort(), place);
  }
});
