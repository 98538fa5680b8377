// A disk that is full: what is live goes on, nothing that was acknowledged is lost, nothing else is acknowledged, and all
// comes right by itself once there is space.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Feed } from "./feed.mjs";
import { Program, Stack, eventually, sleep } from "./stack.mjs";
import { write } from "./write_request.mjs";

const START_MS = Math.floor(Date.now() / 1000 - 3600) * 1000; // of what is fed, an hour back: the agent's own is now
const CHUNK = Buffer.alloc(64 << 10);

/** A disk of a few megabytes in a mount namespace of its own: really full, and needs the right to make one. */
class SmallDisk {
  static namespaces = ["-rm", "-m"].find((flags) => spawnSync("unshare", [flags, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0);

  async prepare(stack) {
    mkdirSync(stack.data);
    // The disk goes with the last process that sees it, so one stays while the service is away.
    const mount = 'mount -t tmpfs -o size=6m,mode=700 tmpfs "$0" && echo mounted && exec sleep 600';
    this.holder = new Program("unshare", [SmallDisk.namespaces, "sh", "-c", mount, stack.data]);
    await eventually(() => this.holder.log.includes("mounted"), { what: `a mount; it says ${this.holder.log}` });
    const user = SmallDisk.namespaces === "-rm" ? ["-U", "--preserve-credentials"] : [];
    stack.serviceWrapper = ["nsenter", "-t", String(this.holder.pid), "-m", ...user];
    this.filler = path.join(`/proc/${this.holder.pid}/root`, stack.data, "filler");
  }

  async close() {
    await this.holder?.stop("SIGKILL");
  }

  fill() {
    const file = openSync(this.filler, "a");
    try {
      for (let chunk = CHUNK; chunk.length > 0; chunk = chunk.subarray(0, chunk.length >> 1)) {
        for (;;) {
          try {
            if (writeSync(file, chunk) < chunk.length) break;
          } catch (error) {
            assert.equal(error.code, "ENOSPC");
            break;
          }
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free() {
    rmSync(this.filler);
  }
}

/** Files that may not grow: the same to a program, and works everywhere. */
class NoGrowth {
  limit(stack, bytes) {
    const { status, stderr } = spawnSync("prlimit", [`--pid=${stack.service.pid}`, `--fsize=${bytes}:unlimited`], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
  }

  prepare() {}
  close() {}

  fill(stack) {
    this.limit(stack, 1);
  }

  /** A start forgets the limit. */
  limitAgain(stack) {
    this.fill(stack);
  }

  free(stack) {
    this.limit(stack, "unlimited");
  }
}

/** A sender of remote write: one sample a request, each as often as the answer says to. */
class Sender {
  constructor(url) {
    this.url = url;
    this.acknowledged = []; // numbers of samples
    this.refused = 0; // requests that have to be sent again
    this.next = 0;
    this.stopping = new AbortController();
    this.done = this.#run();
  }

  async #run() {
    while (!this.stopping.signal.aborted) {
      const samples = [[START_MS + this.next * 1000, this.next]];
      const series = ["a", "b"].map((disk) => ({ labels: { __name__: "written", disk, instance: "x:80", job: "written" }, samples }));
      const answer = await write(this.url, series, this.stopping.signal).catch(() => ({ status: 503 }));
      if (answer.status === 204) this.acknowledged.push(this.next++);
      else if (answer.status === 503) this.refused += 1;
      else throw new Error(`${answer.status} ${answer.text}`);
      await sleep(20);
    }
  }

  stop() {
    this.stopping.abort();
    return this.done;
  }
}

const sampleTime = async (stack) => Date.parse((await stack.json("/api/v1/hosts/live/snapshot?readMask=sampleTime")).snapshot.sampleTime);

function scenario(name, disk, skip) {
  describe(name, { skip }, () => {
    let stack;
    let feed;
    let pushed = 0;
    let writer; // sends by remote write from the first full disk on

    const push = async (count) => {
      for (const end = pushed + count; pushed < end; ++pushed) await feed.push(START_MS + pushed * 1000, [["fed", pushed], ["other", -pushed]]);
    };
    const isFull = async () => (await stack.serviceMetrics()).syspulse_store_writable === 0;
    /** The last page of a file may have room for some more. */
    const pushUntilFull = () => eventually(async () => (await push(20)) ?? isFull(), { what: "the metric of a full disk" });
    /** The numbers of all frames that a query finds, each the value of its second. */
    const found = async () => {
      const [series] = await stack.query("fed[2h]");
      for (const [time, value] of series?.values ?? []) assert.equal(time * 1000, START_MS + Number(value) * 1000);
      return (series?.values ?? []).map(([, value]) => Number(value));
    };
    /** The gateway, which is asked all the time, takes a moment to see that the service is back. */
    const startAgain = async () => {
      await stack.start("service");
      await eventually(() => stack.json("/api/v1/hosts/fed"), { what: "the service behind the gateway" });
    };
    /** Everything that was acknowledged by remote write is there, once. */
    const wantWritten = async () => {
      const acknowledged = writer.acknowledged.slice();
      const written = await stack.query("written[2h]");
      assert.equal(written.length, 2);
      for (const { values } of written) {
        const numbers = values.map(([, value]) => Number(value));
        assert.deepEqual(numbers.slice(0, acknowledged.length), acknowledged);
      }
    };
    const whole = () => Array.from({ length: pushed }, (_, i) => i);

    before(async () => {
      stack = new Stack();
      await disk.prepare(stack);
      await stack.start("service");
      await stack.start("gateway");
      stack.agentFlags = ["--host-id=live"];
      await stack.start("agent");
      feed = new Feed(stack.grpc);
      feed.speakAs("fed");
      await push(100);
      await feed.settled();
      await eventually(() => sampleTime(stack), { what: "a snapshot" });
    });
    after(async () => {
      await writer?.stop();
      await feed?.stop();
      await stack?.stop();
      await disk.close();
    });

    test("while it is full nothing is acknowledged, and what is live goes on", async () => {
      disk.fill(stack);
      await pushUntilFull();
      const acknowledged = feed.acknowledged.get("fed");
      await push(50);
      assert.match(stack.service.log, /error store .*(No space left on device|File too large); frames are not acknowledged until this works again/);
      const since = await sampleTime(stack);
      await eventually(async () => (await sampleTime(stack)) >= since + 2000, { what: "live data" });
      assert.equal(feed.acknowledged.get("fed"), acknowledged);
      const times = await stack.query("timestamp(node_load1)");
      assert.ok(Number(times[0].value[1]) * 1000 >= since, "queries see what is live");
    });

    test("remote write is told to send again, at once", async () => {
      const sender = new Sender(stack.url("/api/v1/write"));
      const start = Date.now();
      await eventually(() => sender.refused >= 3, { what: "three refusals" });
      assert.ok(Date.now() - start < 10_000, "nobody waits for a disk that takes nothing");
      const { status, text } = await write(stack.url("/api/v1/write"), [{ labels: { __name__: "other" }, samples: [[START_MS, 1]] }]);
      assert.equal(status, 503);
      assert.match(text, /the disk is full or broken; send it again later/);
      assert.deepEqual(sender.acknowledged, []);
      writer = sender;
    });

    test("a name that is given meanwhile is not forgotten", async () => {
      const patch = await fetch(stack.url("/api/v1/hosts/fed?updateMask=displayName"), {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ displayName: "Fed" }),
      });
      assert.equal(patch.status, 200, await patch.text());
      await eventually(() => /cannot save the list of hosts/.test(stack.service.log), { what: "a sentence about it" });
    });

    test("once there is space all is acknowledged, by itself", async () => {
      disk.free(stack);
      await feed.settled();
      assert.match(stack.service.log, /the disk takes frames again/);
      await eventually(() => /the list of hosts is saved again/.test(stack.service.log), { what: "the list of hosts" });
      assert.equal((await stack.serviceMetrics()).syspulse_store_writable, 1);
      assert.deepEqual(await found(), whole());
      await eventually(() => writer.acknowledged.length >= 10, { what: "remote write again" });
      await wantWritten();
    });

    test("a service that is killed while the disk is full has lost nothing that it acknowledged", async () => {
      disk.fill(stack);
      await pushUntilFull();
      await push(50);
      stack.service.process.kill("SIGKILL");
      await stack.service.exited;
      await startAgain();
      disk.limitAgain?.(stack);
      const acknowledged = feed.acknowledged.get("fed");
      assert.equal((await stack.json("/api/v1/hosts/fed")).host.displayName, "Fed");
      await eventually(async () => (await sampleTime(stack)) > Date.now() - 1500, { what: "live data after a start on a full disk" });
      await push(50);
      const numbers = await eventually(found, { what: "the past" });
      assert.deepEqual(numbers.slice(0, acknowledged), whole().slice(0, acknowledged));
      await eventually(isFull, { what: "the metric of a full disk" });
      disk.free(stack);
      await feed.settled();
      assert.deepEqual(await found(), whole());
      const before = writer.acknowledged.length;
      await eventually(() => writer.acknowledged.length >= before + 10, { what: "remote write again" });
      await wantWritten();
    });

    test("it ends in order while the disk is full, and starts with all that was acknowledged", async () => {
      disk.fill(stack);
      await pushUntilFull();
      await push(50);
      const acknowledged = feed.acknowledged.get("fed");
      assert.deepEqual(await stack.service.stop(), { code: 0, signal: null }, stack.service.log);
      assert.match(stack.service.log, /stopped without all frames in blocks/);
      if (disk instanceof SmallDisk) disk.free();
      await startAgain();
      assert.ok(acknowledged >= 100);
      await feed.settled();
      assert.deepEqual(await found(), whole());
      assert.equal((await stack.serviceMetrics()).syspulse_store_damaged_units, 0);
      assert.equal((await stack.json("/api/v1/hosts/fed")).host.displayName, "Fed");
      await writer.stop();
      await wantWritten();
    });
  });
}

scenario("a disk of a few megabytes", new SmallDisk(), SmallDisk.namespaces ? false : "this machine lets nobody mount a file system");
scenario("files that may not grow", new NoGrowth(), false);
