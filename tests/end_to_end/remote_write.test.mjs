// Prometheus sends what it scrapes by remote write; the same queries to both give the same answers, over restarts and
// kill -9 of the service.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Prometheus } from "./prometheus.mjs";
import { Stack, eventually, sleep } from "./stack.mjs";
import { write } from "./write_request.mjs";

const OWN_SERIES = 50; // what the service says of itself is more; a host's series come when its agent is back from a restart

let stack;
let prometheus;

before(async () => {
  stack = await Stack.start();
  await stack.ready();
  prometheus = await Prometheus.start(
    stack.folder,
    [
      { job_name: "service", static_configs: [{ targets: [stack.metrics] }] },
      { job_name: "gone", static_configs: [{ targets: ["127.0.0.1:1"], labels: { zone: "a b" } }] },
    ],
    [],
    {
      remote_write: [
        {
          url: `http://${stack.http}/api/v1/write`,
          queue_config: { min_backoff: "50ms", max_backoff: "200ms", batch_send_deadline: "200ms", max_samples_per_send: 100 },
          metadata_config: { send_interval: "1s" },
        },
      ],
    },
  );
});
after(async () => {
  await prometheus?.stop();
  await stack?.stop();
});

async function ask(address, place, parameters) {
  const response = await fetch(`http://${address}${place}?${new URLSearchParams(parameters)}`);
  const { status, data, error } = await response.json();
  assert.equal(status, "success", `${place} ${JSON.stringify(parameters)}: ${error}`);
  return data;
}

/** All samples within the seconds before `time`, by series, as text. */
async function samples(address, selector, time, seconds) {
  const { result } = await ask(address, "/api/v1/query", { query: `${selector}[${seconds}s]`, time });
  return new Map(result.map(({ metric, values }) => [JSON.stringify(Object.entries(metric).sort()), JSON.stringify(values)]));
}

/** Waits until the service has all samples that Prometheus has of the seconds before `time`. */
async function wantSameSamples(time, seconds) {
  const theirs = await samples(prometheus.address, '{job=~"service|gone"}', time, seconds);
  assert.ok(theirs.size > OWN_SERIES, `${theirs.size} series`);
  let ours;
  try {
    await eventually(
      async () => {
        ours = await samples(stack.http, '{job=~"service|gone"}', time, seconds);
        return [...theirs].every(([series, values]) => ours.get(series) === values) && ours.size === theirs.size;
      },
      { ms: 30_000, what: "all samples of Prometheus" },
    );
  } catch (error) {
    for (const [series, values] of theirs) assert.equal(ours.get(series), values, series);
    assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
    throw error;
  }
}

const now = () => Math.floor(Date.now() / 1000);

test("every sample arrives, with its labels", async () => {
  await eventually(async () => (await samples(prometheus.address, "up", now(), 9)).size === 2, { ms: 30_000, what: "a first scrape" });
  await sleep(5000);
  await wantSameSamples(now() - 1, 4);
});

test("queries give what Prometheus gives", async () => {
  await sleep(3000);
  const end = now() - 1;
  await wantSameSamples(end, 6);
  const queries = [
    "up",
    'up{zone="a b"}',
    'count by (job) ({job=~"service|gone"})',
    "sum without (instance) (rate(syspulse_samples_received_total[4s]))",
    'syspulse_hosts{job="service"}',
    'topk(3, {job="service", __name__=~"syspulse_.*_total"})',
    "absent(syspulse_nothing)",
    'label_replace(up, "host", "$1", "instance", "(.*):.*")',
    'up{job="service"} offset 1s',
    'max_over_time(scrape_samples_scraped{job="service"}[3s])',
  ];
  for (const query of queries) {
    const of = async (address) => {
      const { result } = await ask(address, "/api/v1/query_range", { query, start: end - 3, end, step: 1 });
      return result.map((series) => JSON.stringify(series)).sort();
    };
    assert.deepEqual(await of(stack.http), await of(prometheus.address), query);
  }
});

test("metadata comes along", async () => {
  const metadata = await eventually(async () => {
    const data = await ask(stack.http, "/api/v1/metadata", { metric: "syspulse_hosts" });
    return data.syspulse_hosts && data;
  });
  const theirs = await ask(prometheus.address, "/api/v1/metadata", { metric: "syspulse_hosts" });
  assert.deepEqual(metadata, theirs);
});

test("a restart of the service in the middle costs no sample", async () => {
  const start = now();
  await stack.service.stop();
  await sleep(2000);
  await stack.start("service");
  await sleep(3000);
  await wantSameSamples(now() - 1, now() - start + 2);
});

test("kill -9 costs no sample", async () => {
  const start = now();
  for (let i = 0; i < 3; ++i) {
    await stack.service.stop("SIGKILL");
    await stack.start("service");
    await sleep(1500);
  }
  await sleep(2000);
  await wantSameSamples(now() - 1, now() - start + 1);
});

test("what was counted is among the service's metrics", async () => {
  const page = await (await fetch(`http://${stack.metrics}/metrics`)).text();
  const value = (name) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(page)?.[1]);
  assert.ok(value("syspulse_remote_write_samples_total") > 0);
  assert.ok(value("syspulse_remote_write_series") > OWN_SERIES);
  assert.equal(value('syspulse_remote_write_samples_refused_total\\{reason="labels"\\}'), 0);
});

test("of two values for one moment the first counts, also where the target has gained series", async () => {
  const url = stack.url("/api/v1/write");
  const time = (now() - 60) * 1000;
  const named = (name, target) => ({ __name__: name, instance: target, job: "grows" });
  const before = (await stack.serviceMetrics()).syspulse_store_samples_conflicting_total;
  const targets = ["a", "b", "c", "d", "e", "f", "g", "h"]; // which of two schemas is found first is chance
  for (const target of targets) {
    assert.equal((await write(url, [{ labels: named("old", target), samples: [[time, 1]] }])).status, 204);
    const grown = ["old", "new"].map((name) => ({ labels: named(name, target), samples: [[time + 1000, 1]] }));
    assert.equal((await write(url, grown)).status, 204);
    const again = await write(url, [
      { labels: named("new", target), samples: [[time, 5]] },
      { labels: named("old", target), samples: [[time, 2]] },
    ]);
    assert.equal(again.status, 400);
    const iso = new Date(time).toISOString();
    assert.equal(
      again.text.trim(),
      `1 of 2 samples were refused, the other 1 are kept: the sample of old{instance="${target}",job="grows"} at ${iso} has another value already, which counts as it came first`,
    );
    const result = await stack.query(`old{instance="${target}"}[5m]`);
    assert.deepEqual(result[0].values, [[time / 1000, "1"], [time / 1000 + 1, "1"]]);
  }
  const after = (await stack.serviceMetrics()).syspulse_store_samples_conflicting_total;
  assert.equal(after - before, targets.length);
  assert.equal(stack.service.log.match(/samples? came that (have|has) another value already/g).length, 1, "one line a minute");
});

test("what is no remote write is refused in words", async () => {
  const post = async (body, headers) => {
    const response = await fetch(stack.url("/api/v1/write"), { method: "POST", body, headers });
    return { status: response.status, text: await response.text() };
  };
  const headers = { "content-type": "application/x-protobuf", "content-encoding": "snappy" };
  assert.deepEqual(await post("no snappy", headers).then(({ status }) => status), 400);
  const v2 = await post("", { ...headers, "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request" });
  assert.equal(v2.status, 415);
  assert.match(v2.text, /send remote write 1\.0/);
  assert.equal((await post("\u0000", headers)).status, 204); // an empty request, compressed
});
