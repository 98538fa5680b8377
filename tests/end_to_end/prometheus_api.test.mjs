// The gateway speaks Prometheus' HTTP API: the same calls to it and to Debian's Prometheus, the same answers.
import assert from "node:assert/strict";
import { hostname } from "node:os";
import { after, before, test } from "node:test";
import { Prometheus } from "./prometheus.mjs";
import { Stack, eventually } from "./stack.mjs";

let stack;
let prometheus;

before(async () => {
  stack = await Stack.start();
  await stack.ready();
  prometheus = await Prometheus.start(stack.folder, [
    { job_name: "syspulse", static_configs: [{ targets: [stack.metrics] }], honor_labels: true },
  ]);
});
after(async () => {
  await prometheus?.stop();
  await stack?.stop();
});

/** Asks one of them; parameters are pairs, `post` those of a form. */
async function ask(address, place, { query = [], post, method, headers } = {}) {
  const search = new URLSearchParams(query).toString();
  const body = post === undefined ? undefined : new URLSearchParams(post);
  const url = `http://${address}${place}${search && `?${search}`}`;
  const response = await fetch(url, { method: method ?? (body ? "POST" : "GET"), body, headers });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}

const ours = (place, options) => ask(stack.http, place, options);
const theirs = (place, options) => ask(prometheus.address, place, options);

/** Asks both, and wants the same bytes. */
async function same(place, options) {
  const [a, b] = await Promise.all([ours(place, options), theirs(place, options)]);
  assert.deepEqual(a, b, `${place} ${JSON.stringify(options)}`);
  return a;
}

const instant = (query, time = 4, more = []) => same("/api/v1/query", { query: [["query", query], ["time", time], ...more] });
const range = (query, when) => same("/api/v1/query_range", { query: [["query", query], ...Object.entries(when)] });

async function data(place, options) {
  const { status, text } = await ours(place, options);
  assert.equal(status, 200, text);
  const answer = JSON.parse(text);
  assert.equal(answer.status, "success");
  return answer.data;
}

test("Grafana's test of a data source is answered as Prometheus answers it", async () => {
  const { text } = await instant("1+1");
  assert.equal(text, '{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}');
  await same("/api/v1/query", { post: [["query", "1+1"], ["time", "4"]] });
});

test("values and moments are written alike", async () => {
  const numbers = ["0", "-0", "1", "0.1", "123456789.125", "1e6", "1e20", "1e21", "1e23", "123e25", "1e-6", "1e-7", "1.5e-9", "5e-324", "Inf", "-Inf", "NaN", "1/3", "2^53+1"];
  for (const number of numbers) {
    await instant(number);
    await instant(`vector(${number})`);
  }
  const times = ["0", "4.5", "4.05", "-4.007", "4.1239", "1700000000.123", "+5", ".5", "1e9", "2015-07-01T20:10:51.781Z", "2015-07-01T20:10:51.7819999+02:00", "2015-02-20T20:10:51,5Z"];
  for (const time of times) {
    await instant("1", time);
    await instant("vector(1)", time);
  }
});

test("each kind of result has the same shape", async () => {
  await instant('"a<&>\\n\\t\\x01\\u2028\\\\é"');
  await instant('label_replace(vector(1), "b", "<&\\"\\\\\\\\ é", "", "") or label_replace(vector(2), "a", "x", "", "")');
  await instant("vector(1) > 2");
  await instant("nothing_of_this_name[5m]");
  await range("vector(time())", { start: 0.5, end: 20, step: 5 });

  await range("vector(time()) > 5 < 9", { start: 0, end: 10, step: 1 });
  await range("1", { start: 0, end: 1, step: 0.4999 });
  await range("1", { start: 0, end: 11000, step: 1 });
  await range("nothing_of_this_name", { start: 0, end: 10, step: "1h30m" });
  await range("0/vector(0)", { start: 0, end: 2, step: 1 });
});

test("what is wrong with a query is told alike", async () => {
  const queries = ["", "1+", "(", "sum(", "foo{", "up[", "rate(up)", "1 and 1", "foo bar", "{}", '{a=~".*"}', "up offset 5", "nothing(1)"];
  for (const query of queries) {
    const { status, text } = await instant(query);
    assert.equal(status, 400);
    assert.match(text, /^\{"status":"error","errorType":"bad_data","error":"invalid parameter \\"query\\": /);
    await range(query, { start: 0, end: 10, step: 1 });
  }
  const { status } = await instant('label_replace(vector(1), "a", "x", "", "(")');
  assert.equal(status, 422);
  await range('"a"', { start: 0, end: 10, step: 1 });
  await range("up[5m]", { start: 0, end: 10, step: 1 });
});

test("what is wrong with a parameter is told alike", async () => {
  for (const time of ["abc", " 1", "2015-07-01", "2015-07-01T20:10:51", "2015-02-30T20:10:51Z", "2015-02-20T20:10:60Z", "0x10", '"\u0001\n<é']) await instant("1", time);
  for (const timeout of ["abc", "1ns", "1e300", "5m", "1.5"]) await instant("vector(1)", 4, [["timeout", timeout]]);
  // Prometheus says where the time ran out, which is not always the same place.
  const none = { query: [["query", "vector(1)"], ["timeout", "0"]] };
  for (const { status, text } of await Promise.all([ours("/api/v1/query", none), theirs("/api/v1/query", none)])) {
    assert.equal(status, 503);
    assert.match(text, /^\{"status":"error","errorType":"timeout","error":"query timed out in query \w+"\}$/);
  }
  const whole = { start: 0, end: 10, step: 1 };
  for (const name of Object.keys(whole)) {
    await range("1", { ...whole, [name]: "" });
    await range("1", { ...whole, [name]: "x" });
  }
  for (const step of ["0", "-1", "0s", "30m1h", "NaN", "Inf", "0.0001"]) await range("1", { ...whole, step });
  await range("1+", { ...whole, timeout: "abc" });
  await range("1", { start: 10, end: 0, step: 1 });
  await range("1", { start: 0, end: 11001, step: 1 });
  await same("/api/v1/query", { query: [["time", "4"]] });
  await same("/api/v1/query_range");
});

test("lists of labels and series refuse alike, and are empty alike", async () => {
  for (const place of ["/api/v1/labels", "/api/v1/series", "/api/v1/label/job/values"]) {
    for (const match of ["{}", "1", "", 'up{a="', "up[5m]", '{a=~".*"}', "up{", "sum(up)"]) await same(place, { query: [["match[]", match]] });
    await same(place, { query: [["match[]", "up"], ["start", "x"]] });
    await same(place, { query: [["match[]", "up"], ["end", "x"]] });
    await same(place, { query: [["match[]", "up"], ["start", "10"], ["end", "1"]] });
    await same(place, { query: [["match[]", "nothing_of_this_name"]] });
  }
  for (const name of ["1a", "a-b", "%61-", "%e4"]) await same(`/api/v1/label/${name}/values`);
  await same("/api/v1/label/nothing_of_this_name/values");
  await same("/api/v1/series");
  await same("/api/v1/series", { post: [["match[]", "nothing_of_this_name"]] });
});

test("what there is none of is answered as by a Prometheus without it", async () => {
  for (const place of ["/api/v1/rules", "/api/v1/alerts", "/api/v1/rules?type=alert", "/api/v1/rules?type=x"]) await same(place);
  for (const query of ["up", "", "1+", "up["]) await same("/api/v1/query_exemplars", { query: [["query", query]] });
  await same("/api/v1/query_exemplars?query=up&start=x");
  await same("/api/v1/query_exemplars?query=up&start=10&end=1");
});

test("parameters are read alike from addresses and forms", async () => {
  await same("/api/v1/query?query=2&time=5", { post: [["query", "1"], ["time", "4"]] });
  await same("/api/v1/query?time=5", { post: [["query", "1"]] });
  for (const place of ["query=2&time=5&x=%zz", "query=2;x&time=5", "query=%zz&time=4", "query=1&time=1&time=2", "&&query=1&time=1&="]) await same(`/api/v1/query?${place}`);
  await same("/api/v1/series?match[]=up&x=%zz");
  await same("/api/v1/labels?match[]=nothing_of_this_name&x=%zz");
});

test("methods that an address does not take are refused alike", async () => {
  for (const [place, method] of [["/api/v1/query", "PUT"], ["/api/v1/label/a/values", "POST"], ["/api/v1/rules", "POST"], ["/api/v1/metadata", "POST"], ["/api/v1/query", "OPTIONS"], ["/api/v1/labels", "HEAD"]]) {
    const [a, b] = await Promise.all([ours(place, { method }), theirs(place, { method })]);
    assert.equal(a.status, b.status, `${method} ${place}`);
  }
});

test("Grafana finds a version that it knows", async () => {
  const mine = await data("/api/v1/status/buildinfo");
  const { data: other } = JSON.parse((await theirs("/api/v1/status/buildinfo")).text);
  assert.deepEqual(Object.keys(mine), Object.keys(other));
  assert.equal(mine.version, "2.42.0");
});

test("metadata tells of the metrics what Prometheus read on their page", async () => {
  const mine = await data("/api/v1/metadata");
  const names = ["node_load1", "node_cpu_seconds_total", "node_memory_MemTotal_bytes"];
  const other = await eventually(
    async () => {
      const { data } = JSON.parse((await theirs("/api/v1/metadata")).text);
      return names.every((name) => data[name]) ? data : null; // it learns them one by one as it reads the page
    },
    { what: "metadata of Prometheus" },
  );
  for (const name of names) assert.deepEqual(mine[name], other[name]);
  assert.deepEqual(Object.keys(mine), Object.keys(mine).sort());
  assert.deepEqual(Object.keys(await data("/api/v1/metadata?metric=node_load1")), ["node_load1"]);
  assert.equal(Object.keys(await data("/api/v1/metadata?limit=3")).length, 3);
  await same("/api/v1/metadata?limit=x");
  await same("/api/v1/metadata?metric=nothing_of_this_name");
});

test("Grafana's builder of queries finds names, labels and series", async () => {
  const names = await eventually(
    async () => {
      const found = await data("/api/v1/label/__name__/values");
      return found.includes("node_load1") ? found : null;
    },
    { what: "a name in the store" },
  );
  assert.deepEqual(names, [...names].sort());
  const query = [["match[]", "node_cpu_seconds_total"], ["match[]", "node_load1"], ["start", String(Date.now() / 1000 - 600)], ["end", String(Date.now() / 1000 + 60)]];
  assert.deepEqual(await data("/api/v1/labels", { query }), ["__name__", "cpu", "instance", "job", "mode"]);
  assert.deepEqual(await data("/api/v1/labels", { post: query }), ["__name__", "cpu", "instance", "job", "mode"]);
  assert.deepEqual(await data("/api/v1/label/instance/values", { query }), [hostname()]);
  const series = await data("/api/v1/series", { query: [["match[]", 'node_cpu_seconds_total{cpu="0",mode=~"idle|user"}']] });
  assert.deepEqual(series, ["idle", "user"].map((mode) => ({ __name__: "node_cpu_seconds_total", cpu: "0", instance: hostname(), job: "syspulse", mode })));
});

test("a panel of Grafana's gets points of the host", async () => {
  const ask = async () => {
    const now = Math.floor(Date.now() / 1000);
    const post = [["query", `node_load1{instance="${hostname()}"}`], ["start", now - 60], ["end", now], ["step", 1]];
    const { result } = await data("/api/v1/query_range", { post });
    return result.length === 1 && result[0].values.length >= 3 ? result[0] : null;
  };
  const { metric, values } = await eventually(ask, { ms: 30_000, what: "three points of node_load1" });
  assert.deepEqual(metric, { __name__: "node_load1", instance: hostname(), job: "syspulse" });
  for (const [time, value] of values) assert.ok(Number.isInteger(time) && Number(value) >= 0);
});

test("an answer of many pieces is whole, compressed or not", async () => {
  const query = [["query", Array.from({ length: 12 }, (_, i) => `label_replace(vector(time()), "n", "${i}", "", "")`).join(" or ")], ["start", 0], ["end", 11000], ["step", 1]];
  const plain = await same("/api/v1/query_range", { query, headers: { "accept-encoding": "identity" } });
  assert.ok(plain.text.length > 1 << 20);
  await same("/api/v1/query_range", { query, headers: { "accept-encoding": "gzip" } });
});

test("pages of foreign origin are refused", async () => {
  const { status } = await ours("/api/v1/query", { post: [["query", "1"]], headers: { origin: "http://example.org" } });
  assert.equal(status, 403);
  const json = await ours("/api/v1/snapshot", { post: [["a", "b"]] });
  assert.equal(json.status, 415);
});
