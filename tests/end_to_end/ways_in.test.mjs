// Metrics of those who have no agent of ours: scripts, small agents, OpenTelemetry. What they send is found by queries.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { BUILD, NODE_MODULES, ROOT, Stack, eventually, residentBytes } from "./stack.mjs";

const BUF = path.join(NODE_MODULES, ".bin/buf");
const REQUEST = "opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest";
const RESPONSE = "opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse";
const EXPORT = "opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

let stack;
before(async () => {
  stack = await Stack.start(["service", "gateway"]);
});
after(() => stack?.stop());

async function post(place, body, headers = {}) {
  const response = await fetch(stack.url(place), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, bytes, text: bytes.toString(), type: response.headers.get("content-type") };
}

/** The value of the only series that an expression gives now, and its labels. */
async function found(query) {
  const result = await eventually(
    async () => {
      const series = await stack.query(query);
      return series.length > 0 && series;
    },
    { what: query },
  );
  assert.equal(result.length, 1, `${query}: ${JSON.stringify(result)}`);
  return { value: Number(result[0].value[1]), labels: result[0].metric };
}

function buf(args, input) {
  const { status, stdout, stderr } = spawnSync(BUF, args, { cwd: ROOT, input, timeout: 20_000 });
  assert.equal(status, 0, `buf ${args[0]}: ${stderr}`);
  return stdout;
}
const convert = (type, from, to, input) =>
  buf(["convert", "proto", `--type=${type}`, `--from=-#format=${from}`, `--to=-#format=${to}`], input);

const nanos = () => `${Date.now()}000000`;
const attribute = (key, value) => ({ key, value: { stringValue: value } });

/** A request of OTLP in JSON with these metrics of a service. */
const otlp = (service, metrics) => ({
  resourceMetrics: [
    {
      resource: {
        attributes: [
          attribute("service.name", service),
          attribute("service.namespace", "shop"),
          attribute("service.instance.id", "1"),
          attribute("host.name", "web-1"),
        ],
      },
      scopeMetrics: [{ scope: { name: "test" }, metrics }],
    },
  ],
});
const counter = (name, asInt) => ({
  name,
  unit: "1",
  sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ timeUnixNano: nanos(), asInt }] },
});

test("a script's metrics are found, and its host is known", async () => {
  const answer = await post("/api/v1/metrics", {
    host: "web-1",
    hostname: "web-1.example",
    source: "jobs",
    metrics: [
      { name: "jobs_waiting", type: "METRIC_TYPE_GAUGE", samples: [{ value: 3, labels: { queue: "mail" } }] },
      { name: "jobs_done_total", type: "METRIC_TYPE_COUNTER", help: "Jobs.", samples: [{ value: 0 }] },
    ],
  });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(JSON.parse(answer.text), { host: "hosts/web-1", source: "custom/jobs", sampleCount: "2" });
  const { value, labels } = await found("jobs_waiting");
  assert.equal(value, 3);
  assert.deepEqual(labels, { __name__: "jobs_waiting", instance: "web-1.example", job: "syspulse", queue: "mail" });
  assert.equal((await found("jobs_done_total")).value, 0);
  const { hosts } = await stack.json("/api/v1/hosts");
  assert.deepEqual(
    hosts.map(({ name, state }) => [name, state]),
    [["hosts/web-1", "HOST_STATE_ONLINE"]],
  );
  const { metrics } = await stack.json("/api/v1/metrics?host=web-1");
  assert.ok(metrics.some(({ name }) => name === "metrics/jobs_waiting"));
  const { status, stdout } = spawnSync(path.join(BUILD, "bin/syspulse"), [`--server=${stack.grpc}`, "query", "jobs_waiting", "-o", "json"], {
    encoding: "utf8",
  });
  assert.equal(status, 0);
  assert.match(stdout, /web-1\.example/);
});

test("scripts that push to one source of a host leave each other's metrics", async () => {
  const push = (name, value) => post("/api/v1/metrics", { host: "web-2", metrics: [{ name, samples: [{ value }] }] });
  for (const [name, value] of [["backup_age_seconds", 5], ["mail_waiting", 2], ["backup_age_seconds", 6]]) {
    assert.equal((await push(name, value)).status, 200);
  }
  assert.equal((await found("mail_waiting")).value, 2);
  assert.equal((await found("backup_age_seconds")).value, 6);
  const page = await (await fetch(`http://${stack.metrics}/metrics`)).text();
  assert.match(page, /^mail_waiting\{instance="web-2"\} 2$/m);
  assert.match(page, /^backup_age_seconds\{instance="web-2"\} 6$/m);
});

test("a report of a small agent is found at either path", async () => {
  for (const [place, id] of [
    ["/api/v1/metrics", "small-1"],
    ["/api/monitoring/data", "small-2"],
  ]) {
    const answer = await post(place, {
      agent_id: id,
      agent_name: `${id}.example`,
      timestamp: new Date().toISOString().replace("Z", ""),
      system: { cpu_percent: 12.5, memory: { total: 8e9, available: 6e9, percent: 25, used: 2e9 }, disk: { total: 100, free: 60 } },
      network: [{ interface: "eth0", bytes_sent: 10, bytes_recv: 20 }],
    });
    assert.equal(answer.status, 200, answer.text);
    const of = `{instance="${id}.example"}`;
    assert.equal((await found(`custom_system_cpu_percent${of}`)).value, 12.5);
    assert.equal((await found(`node_memory_MemAvailable_bytes${of}`)).value, 6e9);
    assert.equal((await found(`node_network_receive_bytes_total{device="eth0", instance="${id}.example"}`)).value, 20);
  }
});

test("what cannot be is answered by 400 and a sentence", async () => {
  for (const [body, sentence] of [
    [{ metrics: [{ name: "a", samples: [{ value: 1 }] }] }, /names no host/],
    [{ host: "a", metrics: [{ name: "a b", samples: [{ value: 1 }] }] }, /'a b' is not a metric name/],
    [{ host: "a", metrics: [{ name: "a", samples: [{}] }] }, /has no value/],
    [{ host: "a", metrics: [{ name: "a", samples: [{ value: 1, sampleTime: "1970-01-01T00:00:00Z" }] }] }, /older than what is kept/],
    [{ host: "a", metrics: [{ name: "a", samples: [{ value: 1, sampleTime: "2070-01-01T00:00:00Z" }] }] }, /ten minutes ahead/],
    ['{"agent_id": "a", "system": {"cpu_percent": NaN}}', /a number is expected at byte/],
    [{ agent_id: "a", system: { memory: { total: "NaN" } } }, /system\.memory\.total is the text 'NaN'/],
    [`{"agent_id": "a", "x": ${"[".repeat(1_000_000)}`, /nested deeper/],
    [`{"agent_id": "a"${Array.from({ length: 300_000 }, (_, i) => `,"${i}":1`).join("")}}`, /more than 5000 values/],
    ["garbage", /JSON/],
  ]) {
    const answer = await post("/api/monitoring/data", body);
    assert.equal(answer.status, 400, answer.text);
    assert.match(JSON.parse(answer.text).message, sentence);
  }
});

test("OTLP by HTTP comes as JSON and as protobuf, compressed or not", async () => {
  const histogram = {
    name: "http.server.duration",
    unit: "ms",
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          timeUnixNano: nanos(),
          count: "6",
          sum: 60.5,
          bucketCounts: ["1", "2", "3"],
          explicitBounds: [5, 10],
          attributes: [attribute("http.method", "GET")],
          exemplars: [{ timeUnixNano: nanos(), asDouble: 7, traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174" }],
        },
      ],
    },
  };
  const json = await post("/v1/metrics", { ...otlp("json", [counter("orders", "7"), histogram]), newer: 1 });
  assert.equal(json.status, 200, json.text);
  assert.deepEqual(JSON.parse(json.text), {});
  assert.deepEqual(await found("orders_total"), {
    value: 7,
    labels: { __name__: "orders_total", job: "shop/json", instance: "1", host: "web-1" },
  });
  assert.equal((await found('http_server_duration_milliseconds_bucket{le="10", http_method="GET"}')).value, 3);
  assert.equal((await found('http_server_duration_milliseconds_bucket{le="+Inf"}')).value, 6);
  assert.equal((await found("http_server_duration_milliseconds_sum")).value, 60.5);
  assert.deepEqual((await found('target_info{job="shop/json"}')).labels, {
    __name__: "target_info",
    job: "shop/json",
    instance: "1",
    host: "web-1",
    host_name: "web-1",
  });

  const binary = convert(REQUEST, "json", "binpb", JSON.stringify(otlp("protobuf", [counter("orders", "8")])));
  const plain = await post("/v1/metrics", binary, { "content-type": "application/x-protobuf" });
  assert.deepEqual([plain.status, plain.type, plain.bytes.length], [200, "application/x-protobuf", 0]);
  const gzip = { "content-type": "application/x-protobuf", "content-encoding": "gzip" };
  const packed = await post("/v1/metrics", gzipSync(convert(REQUEST, "json", "binpb", JSON.stringify(otlp("gzip", [counter("orders", "9")])))), gzip);
  assert.equal(packed.status, 200);
  assert.equal((await found('orders_total{job="shop/protobuf"}')).value, 8);
  assert.equal((await found('orders_total{job="shop/gzip"}')).value, 9);
});

test("OTLP by gRPC goes to the service, and by gRPC-Web and Connect through the gateway", async () => {
  const ways = {
    grpc: ["--http2-prior-knowledge", `http://${stack.grpc}/${EXPORT}`],
    grpcweb: [`http://${stack.http}/${EXPORT}`],
    connect: [`http://${stack.http}/${EXPORT}`],
  };
  for (const [protocol, where] of Object.entries(ways)) {
    const data = JSON.stringify(otlp(protocol, [counter("sales", "5")]));
    buf(["curl", "--schema", "proto", "--protocol", protocol, "--data", data, ...where]);
    assert.equal((await found(`sales_total{job="shop/${protocol}"}`)).value, 5);
  }
});

test("what of OTLP cannot be kept is counted and put in words, and the rest is kept", async () => {
  const delta = { name: "errors", sum: { aggregationTemporality: 1, dataPoints: [{ timeUnixNano: nanos(), asInt: "1" }] } };
  const exponential = { name: "sizes", exponentialHistogram: { aggregationTemporality: 2, dataPoints: [{ timeUnixNano: nanos() }] } };
  const old = { name: "old", gauge: { dataPoints: [{ timeUnixNano: "1", asDouble: 1 }] } };
  const answer = await post("/v1/metrics", otlp("partial", [delta, exponential, old, counter("kept", "1")]));
  assert.equal(answer.status, 200);
  const { partialSuccess } = JSON.parse(answer.text);
  assert.equal(partialSuccess.rejectedDataPoints, "3");
  assert.match(partialSuccess.errorMessage, /errors is not cumulative; set OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE/);
  assert.equal((await found("kept_total")).value, 1);
  const binary = convert(REQUEST, "json", "binpb", JSON.stringify(otlp("partial", [exponential])));
  const refused = await post("/v1/metrics", binary, { "content-type": "application/x-protobuf" });
  assert.match(convert(RESPONSE, "binpb", "json", refused.bytes).toString(), /exponential histogram/);
});

test("what is no OTLP is refused in the form of the request", async () => {
  const json = await post("/v1/metrics", "{");
  assert.equal(json.status, 400);
  assert.equal(JSON.parse(json.text).code, 3);
  const binary = await post("/v1/metrics", "garbage", { "content-type": "application/x-protobuf" });
  assert.equal(binary.status, 400);
  assert.match(binary.text, /not an ExportMetricsServiceRequest/);
  assert.equal((await post("/v1/metrics", "x", { "content-type": "text/plain" })).status, 415);
  assert.equal((await post("/v1/metrics", "x", { "content-encoding": "zstd" })).status, 415);
  assert.equal((await post("/v1/metrics", "x", { "content-encoding": "gzip" })).status, 400);
  const bomb = gzipSync(Buffer.alloc(64 << 20));
  assert.equal((await post("/v1/metrics", bomb, { "content-type": "application/x-protobuf", "content-encoding": "gzip" })).status, 400);
  assert.equal((await fetch(stack.url("/v1/metrics"))).status, 405);
});

test("a sender of too many series is stopped, in bounded memory, and others are not", async () => {
  const before = residentBytes(stack.service.pid);
  const points = (round) =>
    Array.from({ length: 10_000 }, (_, i) => ({ timeUnixNano: nanos(), asInt: "1", attributes: [attribute("id", `${round}-${i}`)] }));
  let partial;
  for (let round = 0; round < 8; ++round) {
    const answer = await post("/v1/metrics", otlp("hostile", [{ name: "flood", gauge: { dataPoints: points(round) } }]));
    assert.equal(answer.status, 200, answer.text);
    partial = JSON.parse(answer.text).partialSuccess ?? partial;
  }
  assert.equal(partial.rejectedDataPoints, "10000");
  assert.match(partial.errorMessage, /its job and instance have 50000 series already/);
  assert.ok(residentBytes(stack.service.pid) - before < 250e6);
  const long = await post("/v1/metrics", otlp("long", [counter("x".repeat(65_536), "1")]));
  assert.match(JSON.parse(long.text).partialSuccess.errorMessage, /65536 bytes, cannot be the name of a metric/);
  assert.equal((await post("/v1/metrics", otlp("honest", [counter("honest", "1")]))).text, "{}\n");
  assert.equal((await found("honest_total")).value, 1);
  const page = await (await fetch(`http://${stack.metrics}/metrics`)).text();
  assert.match(page, /^syspulse_otlp_samples_refused_total\{reason="series_limit"\} [1-9]/m);
});
