// Each of the three programs is killed and comes back; the others go on, and streams resume by themselves.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Stack, eventually, sleep } from "./stack.mjs";

const RESUME_MS = 3000;

let stack;
before(async () => {
  stack = await Stack.start();
  await stack.ready();
});
after(() => stack?.stop());

const sampleTime = async () => Date.parse((await stack.json("/api/v1/snapshot?readMask=sampleTime")).snapshot.sampleTime);

/** Waits for a snapshot newer than now, and returns how long that took. */
async function resumed(since) {
  await eventually(async () => (await sampleTime()) > since, { ms: 10_000, what: "a newer snapshot" });
  return Date.now() - since;
}

async function kill(name) {
  const program = stack[name];
  program.process.kill("SIGKILL");
  await program.exited;
}

const alive = (name) => assert.equal(stack[name].process.exitCode, null, `${name} runs; its log: ${stack[name].log}`);

test("the service is killed", async () => {
  await kill("service");
  const response = await fetch(stack.url("/api/v1/snapshot"));
  assert.equal(response.status, 503);
  assert.match((await response.json()).message, /cannot reach/);
  assert.equal((await fetch(stack.url("/healthz"))).status, 503);
  await sleep(2500); // long enough for the clients' backoff to grow
  await stack.start("service");
  const since = Date.now();
  assert.ok((await resumed(since)) <= RESUME_MS);
  alive("agent");
  alive("gateway");
  assert.equal((await fetch(stack.url("/healthz"))).status, 200);
});

test("the service hangs, and a query hears of it when its own time is over", async () => {
  stack.service.process.kill("SIGSTOP");
  try {
    const signal = AbortSignal.timeout(20_000);
    const response = await fetch(stack.url("/api/v1/query?query=up&timeout=1s"), { signal });
    assert.equal(response.status, 503);
    const { errorType, error } = await response.json();
    assert.equal(errorType, "timeout");
    assert.match(error, /^query timed out: syspulsed at \S+ did not answer in time$/);
  } finally {
    stack.service.process.kill("SIGCONT");
  }
  await resumed(Date.now());
});

test("the agent is killed", async () => {
  await kill("agent");
  await eventually(async () => (await stack.json("/api/v1/hosts")).hosts[0].state === "HOST_STATE_OFFLINE", { what: "the host is offline" });
  const metrics = await (await fetch(`http://${stack.metrics}/metrics`)).text();
  assert.doesNotMatch(metrics, /^node_load1\{/m, "values of a host that is gone are not exported");
  const since = Date.now();
  await stack.start("agent");
  assert.ok((await resumed(since)) <= RESUME_MS);
  assert.equal((await stack.json("/api/v1/hosts")).hosts[0].state, "HOST_STATE_ONLINE");
  alive("service");
  alive("gateway");
});

test("the gateway is killed", async () => {
  await kill("gateway");
  const since = Date.now();
  await stack.start("gateway");
  assert.ok((await resumed(since)) <= RESUME_MS);
  alive("service");
  alive("agent");
});

test("nothing of the seconds without a service is lost while the agent lives", async () => {
  const from = Date.now() + 1000;
  await sleep(2500);
  await kill("service");
  await sleep(3000);
  await stack.start("service");
  await resumed(Date.now());
  await sleep(1000);
  const response = await fetch(stack.url("/api/v1/live:watch"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ topics: [{ snapshots: { historyDuration: "60s", historyStep: "1s", historyMask: "sampleTime" } }] }),
  });
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/snapshotHistory.*\n/.test(text)) break;
  }
  const line = text.split("\n").find((one) => one.includes("snapshotHistory"));
  const times = (JSON.parse(line).result ?? JSON.parse(line)).snapshotHistory.snapshots.map((one) => Date.parse(one.sampleTime));
  const since = times.filter((time) => time >= from - 1000);
  assert.ok(since.length >= 3, `${times}`);
  for (let i = 1; i < times.length; ++i) assert.equal(times[i] - times[i - 1], 1000, `every second is there: ${times}`);
});

test("SIGTERM ends each program within five seconds, with code 0", async () => {
  for (const name of ["gateway", "agent", "service"]) {
    const since = Date.now();
    assert.deepEqual(await stack[name].stop(), { code: 0, signal: null }, stack[name].log);
    assert.ok(Date.now() - since < 5000, name);
  }
});
