// Files of the past that are damaged, lost or taken away: that costs only itself, is told, and never the start.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { Feed } from "./feed.mjs";
import { BUILD, Program, Stack, eventually } from "./stack.mjs";

const FRAMES = 200; // of each host
const START_MS = Math.floor(Date.now() / 1000 - 3600) * 1000;

let stack;
let whole; // a copy of the folder: hosts a and b in a block each, c in the log
const history = (name = "") => path.join(stack.data, "history", name);

async function feed(host, from = 0, count = FRAMES) {
  const feed = new Feed(stack.grpc);
  feed.speakAs(host);
  for (let i = from; i < from + count; ++i) await feed.push(START_MS + i * 1000, [["first", i], ["second", i * 1.5], ["third", Math.sin(i)]]);
  assert.equal(await feed.finish(), 0, feed.log);
}

async function kill() {
  stack.service.process.kill("SIGKILL");
  await stack.service.exited;
}

before(async () => {
  stack = await Stack.start(["service", "gateway"]);
  for (const host of ["a", "b"]) {
    await feed(host);
    await stack.service.stop();
    await stack.start("service");
  }
  await feed("c", 0, FRAMES - 1);
  await feed("c", FRAMES - 1, 1); // and with it the mark that what stands before is synced
  await kill();
  whole = path.join(stack.folder, "whole");
  cpSync(stack.data, whole, { recursive: true });
});
after(async () => {
  await stack?.stop();
});

beforeEach(() => {
  rmSync(stack.data, { recursive: true, force: true });
  cpSync(whole, stack.data, { recursive: true });
});
afterEach(kill);

/** How many samples of a series of a host there are. */
async function count(host, series = "first") {
  const [found] = await stack.query(`count_over_time(${series}{instance="${host}"}[2h])`);
  return Number(found?.value[1] ?? 0);
}
async function warnings(host) {
  const response = await fetch(stack.url(`/api/v1/query?${new URLSearchParams({ query: `{instance="${host}"}[2h]` })}`));
  return (await response.json()).warnings ?? [];
}
const counts = () => Promise.all(["a", "b", "c"].map((host) => count(host)));
const damaged = async () => (await stack.serviceMetrics()).syspulse_store_damaged_units;
const flip = (file, at) => {
  const bytes = readFileSync(file);
  const place = at < 0 ? bytes.length + at : Math.floor(at * bytes.length);
  bytes[place] ^= 0x10;
  writeFileSync(file, bytes);
};
const filesOf = (pattern) => readdirSync(history()).filter((name) => pattern.test(name)).sort();

/** Starts the service, which must take new frames whatever it found, and waits for an answer. */
async function start() {
  await stack.start("service");
  await feed("new", 0, 3);
  assert.equal(await eventually(() => count("new"), { what: "a new host's frames" }), 3);
}

test("without damage everything is there", async () => {
  assert.deepEqual(filesOf(/\.(block|log)$/).length, 3, `${filesOf(/./)}`);
  await start();
  assert.deepEqual(await counts(), [FRAMES, FRAMES, FRAMES]);
  assert.equal(await damaged(), 0);
});

test("a flipped bit in a block costs one series of one host", async () => {
  const [block] = filesOf(/\.block$/);
  let lost = 0;
  for (const at of [0.2, 0.35, 0.5]) flip(history(block), at);
  await start();
  assert.deepEqual((await counts()).slice(1), [FRAMES, FRAMES]);
  for (const series of ["first", "second", "third"]) {
    const left = await count("a", series);
    assert.ok(left === 0 || left === FRAMES, `${series} has ${left}`);
    lost += left === 0 ? 1 : 0;
  }
  assert.ok(lost > 0);
  assert.ok((await damaged()) > 0);
  assert.match(stack.service.log, new RegExp(`error store .*${block}.*checksum`));
  assert.match((await warnings("a"))[0], new RegExp(`^some samples are damaged and left out: .*${block}`));
  assert.deepEqual(await warnings("b"), []);
});

test("an export with damage has the rest, and says so", async () => {
  const [block] = filesOf(/\.block$/);
  for (const at of [0.2, 0.35, 0.5]) flip(history(block), at);
  await start();
  const file = path.join(stack.folder, "export.csv");
  const { code, output } = await stack.cli("export", "-o", "csv", "-f", file, '{instance=~"a|b"}');
  assert.equal(code, 1, output);
  assert.match(output, /samples written to/);
  assert.match(output, new RegExp(`some samples are damaged and left out: .*${block}`));
  const lines = readFileSync(file, "utf8").split("\n").filter((line) => /\bb\b/.test(line));
  assert.equal(lines.length, 3 * FRAMES);
  assert.equal((await stack.cli("export", "-o", "csv", "-f", file, '{instance="b"}')).code, 0);
});

test("a block that is cut off is set aside", async () => {
  const [block] = filesOf(/\.block$/);
  truncateSync(history(block), 100);
  await start();
  assert.deepEqual(await counts(), [0, FRAMES, FRAMES]);
  assert.equal(await damaged(), 1);
  assert.match(stack.service.log, new RegExp(`error store .*${block}: its trailer is not whole`));
  assert.deepEqual(filesOf(/\.damaged$/), [`${block}.damaged`]);
  assert.match((await warnings("a"))[0], new RegExp(`^some samples are damaged and left out: .*${block}: its trailer is not whole`));
});

test("what was set aside is told in queries until the file is gone", async () => {
  const [block] = filesOf(/\.block$/);
  truncateSync(history(block), 100);
  await start();
  await kill();
  await start();
  assert.match((await warnings("a"))[0], new RegExp(`^some samples are damaged and left out: .*${block}\\.damaged, set aside by an earlier start`));
  const { output } = await stack.cli("query", "--time", "now", "count_over_time(first[2h])");
  assert.match(output, new RegExp(`${block}\\.damaged, set aside by an earlier start`));
  await kill();
  rmSync(history(`${block}.damaged`));
  await start();
  assert.deepEqual(await warnings("a"), []);
});

test("blocks that are lost, empty, endless, or something else", async () => {
  const [first, second] = filesOf(/\.block$/);
  rmSync(history(first));
  writeFileSync(history("0000000900-0000000900.block"), "");
  writeFileSync(history("0000000901-0000000901.block"), "not a block".repeat(1000));
  writeFileSync(history("0000000902-0000000902.block"), "");
  truncateSync(history("0000000902-0000000902.block"), 2 ** 40);
  mkdirSync(history("0000000903-0000000903.block"));
  mkdirSync(history("0000000904.log"));
  await start();
  assert.deepEqual(await counts(), [0, FRAMES, FRAMES]);
  assert.equal(await damaged(), 3);
  assert.ok(filesOf(/\.block$/).includes(second));
});

test("two blocks that changed their names", async () => {
  const [first, second] = filesOf(/\.block$/).map(history);
  renameSync(first, `${first}.x`);
  renameSync(second, first);
  renameSync(`${first}.x`, second);
  await start();
  assert.deepEqual(await counts(), [FRAMES, FRAMES, FRAMES]);
});

test("a flipped bit in the log costs a record and those that build on it", async () => {
  const [log] = filesOf(/\.log$/);
  flip(history(log), 0.5);
  await start();
  const [a, b, c] = await counts();
  assert.deepEqual([a, b], [FRAMES, FRAMES]);
  assert.ok(c >= FRAMES / 4 && c < FRAMES, `${c} of c are left`);
  assert.equal(await damaged(), 1);
  assert.match(stack.service.log, new RegExp(`error store .*${log}.*lost`));
  assert.match((await warnings("c"))[0], new RegExp(`${log}.*lost`));
  await eventually(() => filesOf(/\.log$/).every((name) => name !== log), { what: "a block of what is left" });
  await kill();
  await start();
  assert.equal(await damaged(), 1);
  assert.equal(await count("c"), c);
  assert.match((await warnings("c"))[0], new RegExp(`${log}\\.damaged, set aside by an earlier start`));
});

test("a log whose end is cut off has what comes before", async () => {
  const [log] = filesOf(/\.log$/);
  truncateSync(history(log), Math.floor(readFileSync(history(log)).length / 2));
  await start();
  const [a, b, c] = await counts();
  assert.deepEqual([a, b], [FRAMES, FRAMES]);
  assert.ok(c >= FRAMES / 4 && c < FRAMES, `${c} of c are left`);
});

test("a log that was emptied, and one under another's number, are none", async () => {
  const [log] = filesOf(/\.log$/);
  cpSync(history(log), history("0000000800.log"));
  writeFileSync(history("0000000801.log"), "");
  await start();
  assert.deepEqual(await counts(), [FRAMES, FRAMES, FRAMES]);
});

test("what hosts are called is learned again", async () => {
  for (const file of [history("hosts"), path.join(stack.data, "hosts.json")]) writeFileSync(file, "{ nothing that anyone can read");
  await start();
  assert.match(stack.service.log, /hosts\.json cannot be used and is kept as hosts\.json\.corrupt/);
  assert.ok((await damaged()) > 0);
  assert.deepEqual(await counts(), [FRAMES, FRAMES, FRAMES]);
});

test("a block that is damaged while the service runs", async () => {
  await start();
  const [block] = filesOf(/\.block$/);
  const bytes = readFileSync(history(block));
  writeFileSync(history(block), Buffer.alloc(bytes.length)); // in place: the service has it open
  assert.deepEqual(await counts(), [0, FRAMES, FRAMES]);
  assert.ok((await damaged()) > 0);
});

test("a second service does not touch the data of the first", async () => {
  await start();
  const second = new Program(path.join(BUILD, "bin/syspulsed"), ["--grpc-listen=127.0.0.1:0", "--exporter-listen=", `--data-dir=${stack.data}`]);
  assert.deepEqual(await second.exited, { code: 1, signal: null });
  assert.match(second.log, /is in use by another syspulsed; choose another with --data-dir/);
  assert.deepEqual(await counts(), [FRAMES, FRAMES, FRAMES]);
});

test("a data directory that is taken away and comes back", async () => {
  await start();
  rmSync(history(), { recursive: true });
  const sending = new Feed(stack.grpc);
  sending.speakAs("later");
  await sending.push(START_MS, [["first", 1]]);
  await eventually(async () => (await stack.serviceMetrics()).syspulse_store_writable === 0, { what: "the metric" });
  assert.match(stack.service.log, /error store .*(removed|No such file or directory).*; frames are not acknowledged until this works again/);
  assert.equal(sending.unacknowledged, 1);
  assert.deepEqual(await counts(), [FRAMES, FRAMES, FRAMES], "what was open stays readable");
  mkdirSync(history(), { mode: 0o700 });
  await sending.settled();
  await sending.stop();
  assert.match(stack.service.log, /the disk takes frames again/);
});
