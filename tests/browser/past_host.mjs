// A host that lived before the test began: frames of long ago, pushed as its agent would have.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { NODE_MODULES, ROOT } from "../end_to_end/stack.mjs";

const require = createRequire(path.join(NODE_MODULES, "x.js"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);

const COUNTER = 1;
const GAUGE = 2;
const BATCH_FRAMES = 2000;
const GIB = 1024 ** 3;
const CORES = 2;

/** The contract, read as any client in any language may: from descriptors. */
async function contract() {
  const { createFileRegistry, fromBinary } = await load("@bufbuild/protobuf");
  const { FileDescriptorSetSchema } = await load("@bufbuild/protobuf/wkt");
  const image = path.join(tmpdir(), `syspulse-contract-${process.pid}.binpb`);
  const buf = spawnSync(path.join(NODE_MODULES, ".bin/buf"), ["build", "proto", "-o", image], { cwd: ROOT, encoding: "utf8" });
  if (buf.status !== 0) throw new Error(`buf build: ${buf.stderr}`);
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(image));
  rmSync(image);
  return createFileRegistry(set);
}

/** The families of a small host, each with the values of its labels; `value(time)` in the order of the series. */
const FAMILIES = [
  ["node_boot_time_seconds", GAUGE, [], [[]]],
  ["node_cpu_seconds_total", COUNTER, ["cpu", "mode"], cores(["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"])],
  ["node_load1", GAUGE, [], [[]]],
  ["node_load5", GAUGE, [], [[]]],
  ["node_load15", GAUGE, [], [[]]],
  ["node_memory_MemTotal_bytes", GAUGE, [], [[]]],
  ["node_memory_MemFree_bytes", GAUGE, [], [[]]],
  ["node_memory_MemAvailable_bytes", GAUGE, [], [[]]],
  ["node_pressure_cpu_waiting_seconds_total", COUNTER, [], [[]]],
  ["node_pressure_memory_waiting_seconds_total", COUNTER, [], [[]]],
  ["node_pressure_io_waiting_seconds_total", COUNTER, [], [[]]],
  ["node_network_receive_bytes_total", COUNTER, ["device"], [["eth0"], ["lo"]]],
  ["node_network_transmit_bytes_total", COUNTER, ["device"], [["eth0"], ["lo"]]],
  ["node_disk_read_bytes_total", COUNTER, ["device"], [["vda"]]],
  ["node_disk_written_bytes_total", COUNTER, ["device"], [["vda"]]],
  ["node_disk_io_time_seconds_total", COUNTER, ["device"], [["vda"]]],
];

function cores(modes) {
  return Array.from({ length: CORES }, (_, cpu) => modes.map((mode) => [String(cpu), mode])).flat();
}

/** How much of its time the host works, by the hour of the day: from 0.1 at night to 0.7 at noon. */
export function busyRatio(seconds) {
  return 0.4 + 0.3 * Math.sin((2 * Math.PI * (seconds - 6 * 3600)) / 86_400);
}

/** What the counter of busy seconds shows: the integral of busyRatio. */
function busySeconds(seconds) {
  const turn = (2 * Math.PI) / 86_400;
  return 0.4 * seconds - (0.3 / turn) * Math.cos(turn * (seconds - 6 * 3600));
}

function valuesAt(seconds, start) {
  const busy = busyRatio(seconds);
  const worked = busySeconds(seconds) - busySeconds(start);
  const passed = seconds - start;
  const modes = [passed - worked, 0, 0, 0, 0, 0, worked * 0.25, worked * 0.75];
  const memory = [8 * GIB, (8 - 6 * busy) * 0.5 * GIB, (8 - 6 * busy) * GIB];
  const traffic = [worked * 1e6, worked * 1e4, worked * 4e5, worked * 1e4];
  return [
    start,
    ...Array.from({ length: CORES }, () => modes).flat(),
    ...[busy * CORES, busy * CORES * 0.9, busy * CORES * 0.8],
    ...memory,
    ...[worked * 0.1, 0, worked * 0.05],
    ...traffic,
    ...[worked * 2e6, worked * 1e6, worked * 0.3],
  ];
}

/** The hash that names a schema: FNV-1a of its texts, each ended by a zero byte; types count from zero there. */
function schemaId(families, series) {
  const texts = families.flatMap((one) => [one.name, one.type - COUNTER, one.unit, one.help, one.labelNames.length, ...one.labelNames]);
  for (const one of series) texts.push(one.family, ...one.labelValues);
  let hash = 0xcbf29ce484222325n;
  for (const byte of texts.flatMap((text) => [...Buffer.from(`${text}\0`)])) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash;
}

function makeSchema() {
  const families = FAMILIES.map(([name, type, labelNames]) => ({ name, type, unit: "", help: "", labelNames }));
  const series = FAMILIES.flatMap(([, , , values], family) => values.map((labelValues) => ({ family, labelValues })));
  return { id: schemaId(families, series), families, series };
}

function frame(host, schema, seconds, start) {
  const sampleTime = { seconds: BigInt(seconds), nanos: 0 };
  return { host, source: "system", schemaId: schema.id, sampleTime, values: valuesAt(seconds, start) };
}

/** Values to push one after the other, and an end that the receiver decides on. */
class Outbox {
  #waiting = [];
  #wake = () => {};
  #closed = false;

  push(value) {
    this.#waiting.push(value);
    this.#wake();
  }

  close() {
    this.#closed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      if (this.#waiting.length > 0) yield this.#waiting.shift();
      else if (this.#closed) return;
      else await new Promise((wake) => (this.#wake = wake));
    }
  }
}

/**
 * Pushes the frames of `hostname` at the given times (whole seconds since 1970, rising) to the service at `grpc`, and
 * waits until all are on its disk. `intervalSeconds` is what the host says of itself.
 */
export async function pushPast(grpc, hostname, times, intervalSeconds) {
  const { createClient } = await load("@connectrpc/connect");
  const { createGrpcTransport } = await load("@connectrpc/connect-node");
  const service = (await contract()).getService("syspulse.v1.IngestService");
  const client = createClient(service, createGrpcTransport({ baseUrl: `http://${grpc}` }));
  const host = `hosts/${hostname}`;
  const schema = makeSchema();
  const hello = { name: host, hostname, coreCount: CORES, sampleInterval: { seconds: BigInt(intervalSeconds), nanos: 0 } };
  const outbox = new Outbox();
  outbox.push({ message: { case: "hello", value: { host: hello, sessionId: `past-${process.pid}` } } });
  const batchCount = Math.ceil(times.length / BATCH_FRAMES);
  const pushBatch = (sequence) => {
    const part = times.slice((sequence - 1) * BATCH_FRAMES, sequence * BATCH_FRAMES);
    const frames = part.map((seconds) => frame(host, schema, seconds, times[0]));
    const value = { sequence: BigInt(sequence), schemas: sequence === 1 ? [schema] : [], frames };
    outbox.push({ message: { case: "batch", value } });
  };
  for await (const { message } of client.pushFrames(outbox)) {
    if (message.case === "welcome") pushBatch(1);
    if (message.case !== "acknowledgement") continue;
    const done = Number(message.value.sequence);
    if (done < batchCount) pushBatch(done + 1);
    else outbox.close();
  }
}
