// The calls that Grafana's Prometheus data source makes, in the form in which it makes them, to the gateway and to Debian's
// Prometheus with the same samples: the same bytes.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { alike } from "./answers.mjs";
import { HOST, Recorded } from "./recorded.mjs";

const SERIES_LIMIT = "40000"; // that Grafana sends with every list, and Prometheus 2.42 does not know
const LEAST_COMPRESSED = 2000; // bytes
const EVERYTHING = '{__name__!=""}';

let recorded;
let range; // what the time picker says
before(async () => {
  recorded = await Recorded.start();
  range = { start: Math.floor(recorded.series.start), end: Math.ceil(recorded.series.end) };
});
after(() => recorded?.stop());

/** A request as Grafana's backend sends it: POST where the address takes it, gzip wanted, what the browser told passed on. */
function call(address, method, place, parameters) {
  const encoded = new URLSearchParams(parameters).toString();
  const form = method === "POST";
  const headers = {
    "user-agent": "Grafana/11.3.0",
    "accept-encoding": "gzip",
    "x-grafana-org-id": "1",
    "x-dashboard-uid": "rYdddlPWk",
    "x-panel-id": "77",
    "x-cache-skip": "true",
    "x-forwarded-for": "192.0.2.7, 192.0.2.8",
    ...(form && { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(encoded) }),
  };
  const [host, port] = address.split(":");
  const path = form || encoded === "" ? place : `${place}?${encoded}`;
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const text = (response.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString();
        resolve({ status: response.statusCode, type: response.headers["content-type"], gzip: response.headers["content-encoding"], text });
      });
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(form ? encoded : undefined);
  });
}

/** Makes the same call to both. Of those vectors that nobody sorted the order is nobody's. */
async function same(method, place, parameters, { sorted = true } = {}) {
  const addresses = [recorded.stack.http, recorded.prometheus.address];
  const [ours, theirs] = await Promise.all(addresses.map((address) => call(address, method, place, parameters)));
  const what = `${method} ${place} ${new URLSearchParams(parameters)}`;
  if (!sorted) for (const one of [ours, theirs]) one.text = JSON.parse(one.text).data.result.map((row) => JSON.stringify(row)).sort().join("\n");
  const [mine, other] = [split(ours.text), split(theirs.text)];
  assert.deepEqual({ status: ours.status, type: ours.type, text: mine.text }, { status: theirs.status, type: theirs.type, text: other.text }, what);
  mine.numbers.forEach((number, i) => assert.ok(alike(number, other.numbers[i]), `${what}: ${number}, theirs ${other.numbers[i]}`));
  assert.ok(ours.gzip === "gzip" || ours.text.length < LEAST_COMPRESSED, `${what}: ${ours.text.length} bytes come uncompressed`);
  return ours.text;
}

/** An answer without its values, and these: where many are added the last digit is nobody's either. */
function split(text) {
  const numbers = [];
  const rest = text.replace(/(\[-?[\d.]+,)"([^"]+)"\]/g, (_, time, number) => {
    numbers.push(number);
    return `${time}]`;
  });
  return { text: rest, numbers };
}

const names = () => [...new Set(recorded.series.metrics.map(({ name }) => name))];

test("a data source is saved and tested", async () => {
  for (const method of ["POST", "GET"]) {
    assert.equal(await same(method, "/api/v1/query", { query: "1+1", time: "4" }), '{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}');
    await same(method, "/api/v1/query", { query: "1+1", time: "4", timeout: "60s" });
  }
  const { status, text } = await call(recorded.stack.http, "GET", "/api/v1/status/buildinfo", {});
  assert.equal(status, 200);
  assert.equal(JSON.parse(text).data.features, undefined, "features would make it a Mimir");
});

test("the builder of queries lists metrics, labels and values", async () => {
  const times = { start: String(range.start), end: String(range.end) };
  assert.deepEqual(JSON.parse(await same("GET", "/api/v1/label/__name__/values", { limit: SERIES_LIMIT, ...times })).data, names().sort());
  for (const label of ["instance", "job", "device", "mode", "nothing"]) {
    await same("GET", `/api/v1/label/${label}/values`, { limit: SERIES_LIMIT, ...times, "match[]": EVERYTHING });
    await same("GET", `/api/v1/label/${label}/values`, times);
  }
  for (const method of ["POST", "GET"]) {
    await same(method, "/api/v1/labels", { limit: SERIES_LIMIT, ...times });
    await same(method, "/api/v1/labels", { limit: SERIES_LIMIT, ...times, "match[]": '{__name__="node_cpu_seconds_total",mode!=""}' });
    await same(method, "/api/v1/series", { ...times, "match[]": EVERYTHING, limit: SERIES_LIMIT });
    await same(method, "/api/v1/series", { ...times, "match[]": "{}", limit: SERIES_LIMIT });
  }
});

test("variables of dashboards", async () => {
  const times = { start: String(range.start), end: String(range.end) };
  await same("GET", "/api/v1/label/job/values", { "match[]": "node_load1", ...times });
  await same("GET", "/api/v1/label/instance/values", { "match[]": `node_load1{job="syspulse", instance="${HOST}"}`, ...times });
  await same("GET", "/api/v1/label/mode/values", { "match[]": 'node_cpu_seconds_total{mode=~"i.*"}', ...times });
  await same("GET", "/api/v1/series", { "match[]": "node_network_receive_bytes_total", ...times });
  for (const query of [`query_result`, "count(node_cpu_seconds_total)", `max_over_time(node_load1{instance="${HOST}"}[1m0s]) > 0`, "scalar(node_load1)", '"text"']) {
    await same("POST", "/api/v1/query", { query, time: String(range.end) });
  }
});

test("panels of a dashboard, at the steps that their widths give", async () => {
  const panels = [
    'sum by (instance) (rate(node_cpu_seconds_total{mode="system",instance="$node",job="$job"}[$__rate_interval])) / on (instance) group_left sum by (instance) (rate(node_cpu_seconds_total{instance="$node",job="$job"}[$__rate_interval]))',
    'node_memory_MemTotal_bytes{instance="$node"} - node_memory_MemFree_bytes{instance="$node"}',
    'irate(node_network_receive_bytes_total{instance="$node",job="$job"}[$__rate_interval]) * 8',
    "topk(2, node_filesystem_avail_bytes)",
    "increase(node_context_switches_total[$__range])",
    "node_load1 offset $__interval",
    'label_replace(node_load5, "where", "$1", "instance", "(.*)-.*")',
    "nothing_of_this_name",
  ];
  for (const [step, scrape] of [[1, 1], [2, 15], [15, 1], [0.5, 1], [3600, 60]]) {
    const interval = (seconds) => (seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`);
    const start = Math.floor(range.start / step) * step;
    const end = Math.ceil(range.end / step) * step;
    for (const panel of panels) {
      const values = { node: HOST, job: "syspulse", __rate_interval: interval(Math.max(4 * scrape, Math.ceil(step) + scrape)), __interval: interval(Math.ceil(step)), __range: interval(end - start || 60) };
      const query = panel.replace(/\$(\w+)/g, (whole, name) => values[name] ?? whole);
      for (const method of ["POST", "GET"]) {
        await same(method, "/api/v1/query_range", { query, start: String(start), end: String(end), step: String(step), timeout: "1m" });
      }
      await same("POST", "/api/v1/query", { query, time: String(range.end + 0.123), timeout: "60s" }, { sorted: false });
      await same("POST", "/api/v1/query_exemplars", { query, start: String(start), end: String(end) });
    }
  }
});

test("what a panel with an error shows", async () => {
  const range_ = { start: String(range.start), end: String(range.end), step: "15" };
  for (const query of ["rate(node_load1[$__rate_interval])", "node_load1{", "sum(", "rate(node_load1)", 'node_load1{instance=~"("}', 'label_replace(node_load1, "a", "x", "instance", "(")']) {
    for (const method of ["POST", "GET"]) await same(method, "/api/v1/query_range", { query, ...range_ });
    await same("POST", "/api/v1/query", { query, time: String(range.end) });
    await same("POST", "/api/v1/query_exemplars", { query, start: range_.start, end: range_.end });
  }
  await same("POST", "/api/v1/query_range", { query: "node_load1", start: String(range.start), end: String(range.start + 20_000), step: "1" });
});

test("alerts and rules are none", async () => {
  await same("GET", "/api/v1/rules", {});
  await same("GET", "/api/v1/rules", { type: "alert" });
  await same("GET", "/api/v1/alerts", {});
});
