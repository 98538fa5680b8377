// Series that end are not answered for five minutes more: a container that an agent has no more, and what a Prometheus
// that sends by remote write marks.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Feed } from "./feed.mjs";
import { Prometheus } from "./prometheus.mjs";
import { Stack, eventually, sleep } from "./stack.mjs";

let stack;

before(async () => {
  stack = new Stack();
  await stack.start("service");
  await stack.start("gateway");
});
after(async () => {
  await stack?.stop();
});

const now = () => Math.floor(Date.now() / 1000);
const names = async (query, time) => (await stack.query(query, { time })).map(({ metric }) => metric.name).sort();

test("a container that is gone is gone with the next row, over restarts too", async () => {
  const start = now() - 600;
  const feed = new Feed(stack.grpc);
  try {
    feed.speakAs("host");
    await feed.write("#SOURCE containers\n");
    const push = (second, ...containers) =>
      feed.push(
        (start + second) * 1000,
        containers.map((name) => [`container_up{name="${name}"}`, 1]),
      );
    for (let second = 0; second < 10; ++second) await push(second, "web", "db");
    for (let second = 10; second < 20; ++second) await push(second, "db");
    await feed.settled();
    const check = async () => {
      assert.deepEqual(await names("container_up", start + 9), ["db", "web"]);
      assert.deepEqual(await names("container_up", start + 10), ["db"]);
      assert.deepEqual(await names("container_up", start + 200), ["db"]);
      assert.deepEqual(await names("count_over_time(container_up[1m])", start + 30), ["db", "web"], "its past stays");
    };
    await check();
    await stack.service.stop("SIGKILL");
    await stack.start("service");
    await check();
    await push(20, "web", "db");
    await feed.settled();
    assert.deepEqual(await names("container_up", start + 19), ["db"]);
    assert.deepEqual(await names("container_up", start + 20), ["db", "web"]);
    await stack.service.stop();
    await stack.start("service");
    assert.deepEqual(await names("container_up", start + 19), ["db"]);
    // The host fell silent: its last values stand for five minutes.
    assert.deepEqual(await names("container_up", start + 310), ["db", "web"]);
    assert.deepEqual(await names("container_up", start + 330), []);
  } finally {
    await feed.stop();
  }
});

test("what a Prometheus marks as ended has ended here", async () => {
  let disks = ["a", "b"];
  const target = createServer((_, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(disks.map((disk) => `disk_up{name="${disk}"} 1\n`).join(""));
  });
  await new Promise((resolve) => target.listen(0, "127.0.0.1", resolve));
  let prometheus;
  try {
    prometheus = await Prometheus.start(stack.folder, [{ job_name: "disks", static_configs: [{ targets: [`127.0.0.1:${target.address().port}`] }] }], [], {
      remote_write: [
        { url: `http://${stack.http}/api/v1/write`, queue_config: { batch_send_deadline: "100ms", min_backoff: "50ms", max_backoff: "200ms" } },
      ],
    });
    const ours = (query) => stack.query(query).then((result) => result.length);
    const theirs = (query) => prometheus.query(query).then((result) => result.length);
    const both = (query, count) =>
      eventually(async () => (await ours(query)) === count && (await theirs(query)) === count, { what: `${count} times ${query}` });
    await both("disk_up", 2);
    const begin = now();
    disks = ["b"];
    await both("disk_up", 1);
    await stack.service.stop("SIGKILL");
    await stack.start("service");
    await both("disk_up", 1); // what was not acknowledged comes again
    target.closeAllConnections();
    await new Promise((resolve) => target.close(resolve));
    await both("disk_up", 0);
    await both("up == 0", 1);
    await sleep(1000);
    // Each second was answered alike.
    const seconds = { start: begin - 1, end: now() - 1, step: 1 };
    const range = async (address) => {
      const response = await fetch(`http://${address}/api/v1/query_range?${new URLSearchParams({ query: "disk_up", ...seconds })}`);
      return (await response.json()).data.result.sort((a, b) => (a.metric.name < b.metric.name ? -1 : 1));
    };
    assert.deepEqual(await range(stack.http), await range(prometheus.address));
  } finally {
    target.closeAllConnections();
    target.close();
    await prometheus?.stop();
  }
});
