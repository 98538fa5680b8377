// A recording of a host in the store and beside it in Debian's Prometheus, so that both have the same samples.
//
//   SYSPULSE_RECORDING=FILE      scrapes behind `#TS <unix milliseconds>`, zstd or plain, instead of a short one of this machine
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { prometheusWith, writeOpenMetrics } from "./answers.mjs";
import { Feed } from "./feed.mjs";
import { readSeries } from "./promql_queries.mjs";
import { BUILD, Program, Stack, sleep } from "./stack.mjs";

const SCRAPES = 40; // of the recording that is made here
const SCRAPE_MS = 100; // between them, while their times are a second apart
const PARTS = 4; // of the recording, between which the service is started anew: logs, blocks and memory each have a share
export const HOST = "web-1";
const IDENTITY = `instance="${HOST}",job="syspulse"`;

/** Pages of an agent as a recording. */
async function record() {
  const agent = new Program(path.join(BUILD, "bin/syspulse-agent"), ["--server=", "--web.listen-address=127.0.0.1:0", "--slow-interval=1s"]);
  const address = await agent.listening("metrics");
  const start = Math.floor(Date.now() / 1000 - 3600) * 1000 + 7;
  let text = "";
  for (let i = 0; i < SCRAPES; ++i) {
    if (i % 13 !== 12) text += `#TS ${start + i * 1000}\n${await (await fetch(`http://${address}/metrics`)).text()}`;
    await sleep(SCRAPE_MS);
  }
  await agent.stop();
  return text;
}

/**
 * The recording without the series that pause or end in it, and without NaN: the service sees them end at once, as a
 * Prometheus does that scrapes, while the format that this one is given them in cannot say so.
 */
function steady(recording) {
  const scrapes = recording.replace(/^.* NaN\n/gm, "").split(/^(?=#TS )/m);
  const nameOf = (line) => line.slice(0, line.lastIndexOf(" "));
  const seen = new Map(); // first scrape and how many, by series
  scrapes.forEach((scrape, i) => {
    for (const line of scrape.split("\n")) {
      if (line === "" || line.startsWith("#")) continue;
      const name = nameOf(line);
      const { first, count } = seen.get(name) ?? { first: i, count: 0 };
      seen.set(name, { first, count: count + 1 });
    }
  });
  const stays = (line) => {
    const series = seen.get(nameOf(line));
    return line.startsWith("#") || series === undefined || series.first + series.count === scrapes.length;
  };
  return scrapes.map((scrape) => scrape.split("\n").filter(stays).join("\n")).join("");
}

function readRecording(file) {
  const unpacked = file.endsWith(".zst") ? spawnSync("zstd", ["-dcq", "--long=27", file], { maxBuffer: 2 ** 31 }) : undefined;
  return (unpacked ? unpacked.stdout : readFileSync(file)).toString();
}

/** The same as lines of OpenMetrics, with the labels that queries know the host by. */
function toLines(recording) {
  const lines = [];
  let seconds;
  for (const line of recording.split("\n")) {
    if (line.startsWith("#TS ")) seconds = (Number(line.slice(4)) / 1000).toFixed(3);
    if (line === "" || line.startsWith("#")) continue;
    const [, name, labels, value] = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    lines.push(`${name}{${labels ? `${labels},` : ""}${IDENTITY}} ${value} ${seconds}`);
  }
  return lines;
}

/** Gives the service the recording in parts, and starts it anew between them: in order, and by a kill. */
async function feedAll(stack, recording) {
  const scrapes = recording.split(/^(?=#TS )/m);
  for (let part = 0; part < PARTS; ++part) {
    const feed = new Feed(stack.grpc);
    const share = scrapes.slice(Math.floor((part * scrapes.length) / PARTS), Math.floor(((part + 1) * scrapes.length) / PARTS));
    await feed.write(`#HOST recorded ${HOST}\n`);
    for (const scrape of share) await feed.write(scrape);
    assert.equal(await feed.finish(), 0, feed.log);
    if (part === PARTS - 1) break;
    await stack.service.stop(part % 2 === 0 ? "SIGTERM" : "SIGKILL");
    await stack.start("service");
  }
}

/** The service with its gateway, Prometheus, and what both know. */
export class Recorded {
  static async start() {
    const recorded = new Recorded();
    recorded.folder = mkdtempSync(path.join(tmpdir(), "syspulse-history-"));
    const recording = steady(process.env.SYSPULSE_RECORDING ? readRecording(process.env.SYSPULSE_RECORDING) : await record());
    recorded.series = readSeries(toLines(recording).join("\n"));
    recorded.prometheus = await prometheusWith(writeOpenMetrics(recorded.folder, recorded.series.lines), recorded.folder);
    recorded.stack = new Stack();
    recorded.stack.serviceFlags = ["--retention-time=876000h"];
    await recorded.stack.start("service");
    await recorded.stack.start("gateway");
    await feedAll(recorded.stack, recording);
    return recorded;
  }

  async stop() {
    await this.prometheus?.stop();
    await this.stack?.stop();
    rmSync(this.folder, { recursive: true });
  }
}
