// The life of a host: two agents that claim it, its labels over a crash of the service, and its end, with its history or without.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { BUILD, Program, Stack, eventually } from "./stack.mjs";

const ID = "twin";
const PATIENCE_MS = 60_000;

let stack;
let second;
before(async () => {
  stack = new Stack();
  stack.agentFlags = [`--host-id=${ID}`, "--label=rack=7"];
  for (const name of ["service", "agent", "gateway"]) await stack.start(name);
  await stack.ready();
});
after(async () => {
  await second?.stop();
  await stack?.stop();
});

const host = async () => (await stack.json(`/api/v1/hosts/${ID}`)).host;
const samples = async () => (await stack.query(`count_over_time(node_load1{job="syspulse"}[1h])`)).map(({ value }) => Number(value[1]));

async function killService() {
  stack.service.process.kill("SIGKILL");
  await stack.service.exited;
  await stack.start("service");
}

/** The value of a metric of the host on the service's own page. */
async function metricOf(name) {
  const page = await (await fetch(`http://${stack.metrics}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{[^}]*host="${ID}"[^}]*\\} (\\S+)$`, "m").exec(page)?.[1]);
}

test("the clock of a host is measured", async () => {
  const { clockSkew } = await eventually(async () => ((await host()).clockSkew ? host() : null), { what: "a clock skew" });
  assert.ok(Math.abs(Number.parseFloat(clockSkew)) < 5, clockSkew);
  assert.ok(Math.abs(await metricOf("syspulse_agent_clock_skew_seconds")) < 5);
});

test("what the service knows of a host is in its history", { timeout: 60_000 }, async () => {
  const value = async (name) => Number((await stack.query(`${name}{job="syspulse"}`))[0]?.value[1]);
  await eventually(async () => (await value("syspulse_host_up")) === 1, { ms: PATIENCE_MS, what: "syspulse_host_up" });
  assert.ok((await value("syspulse_agent_gap_seconds")) < 5);
  assert.ok((await value("syspulse_agent_samples_received_total")) > 3);
});

test("a second agent of a host is refused, and both hear of it", async () => {
  const { address } = await host();
  second = new Program(path.join(BUILD, "bin/syspulse-agent"), [`--server=${stack.grpc}`, `--host-id=${ID}`]);
  await eventually(() => /cannot push as hosts\/twin: another agent, on the same machine at/.test(second.log), { ms: PATIENCE_MS, what: second.log });
  const contested = await host();
  assert.equal(contested.address, address, "the first one goes on");
  assert.equal(contested.state, "HOST_STATE_ONLINE");
  assert.equal(contested.conflict.sameBoot, true);
  assert.equal(await metricOf("syspulse_agent_conflict"), 1);
  assert.match(stack.service.log, /hosts\/twin: an agent from .* is refused/);
  const { output } = await stack.cli("hosts");
  assert.match(output, /online, claimed twice/);
  assert.match(output, /hosts\/twin: another agent, on the same machine at .*--host-id/);
});

test("the second agent gets in once the first is gone", async () => {
  const { address } = await host();
  await stack.agent.stop("SIGKILL");
  await eventually(async () => {
    const now = await host();
    return now.state === "HOST_STATE_ONLINE" && now.address !== address && now.conflict === undefined;
  }, { ms: PATIENCE_MS, what: `the second agent speaks for the host; its log: ${second.log}` });
  await second.stop();
  await stack.start("agent");
  await eventually(async () => (await host()).state === "HOST_STATE_ONLINE", { ms: PATIENCE_MS, what: "the first agent is back" });
});

test("labels from its agent and from people select it, also after the service was killed", async () => {
  const { code, output } = await stack.cli("update-host", ID, "--label", "env=prod", "--display-name", "Front door");
  assert.equal(code, 0, output);
  assert.match(output, /env=prod,rack=7/);
  const filtered = async (filter) => {
    const { hosts } = await stack.json(`/api/v1/hosts?${new URLSearchParams({ filter })}`);
    return (hosts ?? []).map(({ name }) => name);
  };
  const selected = async () => {
    assert.deepEqual(await filtered('env="prod",rack=~"[0-9]"'), [`hosts/${ID}`]);
    assert.deepEqual(await filtered('env!="prod"'), []);
  };
  await selected();
  const before = await host();
  await stack.agent.stop();
  const saved = () => JSON.parse(readFileSync(path.join(stack.data, "hosts.json"), "utf8")).hosts[0];
  await eventually(
    () => saved().assignedLabels?.env === "prod" && Date.parse(saved().host.lastSeenTime) >= Date.parse(before.lastSeenTime),
    { what: "the list of hosts on the disk" },
  );
  await killService();
  await selected();
  const known = await eventually(host, { what: "the host" });
  assert.equal(known.state, "HOST_STATE_OFFLINE");
  assert.equal(known.displayName, "Front door");
  assert.equal(known.firstSeenTime, before.firstSeenTime);
  assert.ok(Date.parse(known.lastSeenTime) >= Date.parse(before.lastSeenTime), `${known.lastSeenTime} ${before.lastSeenTime}`);
  assert.match((await stack.cli("hosts", "--filter", 'state="offline"')).output, /Front door/);
});

test("a host that is forgotten leaves its history, until that is deleted as well", async () => {
  assert.ok((await samples())[0] > 0);
  assert.equal((await stack.cli("delete-host", ID)).code, 0);
  assert.equal((await fetch(stack.url(`/api/v1/hosts/${ID}`))).status, 404);
  assert.ok((await samples())[0] > 0, "its history stays");
  const deleted = await fetch(stack.url(`/api/v1/hosts/${ID}?deleteHistory=true`), { method: "DELETE" });
  assert.equal(deleted.status, 200, await deleted.text());
  assert.deepEqual(await samples(), []);
  const again = await fetch(stack.url(`/api/v1/hosts/${ID}?deleteHistory=true`), { method: "DELETE" });
  assert.equal(again.status, 404);
  await killService();
  await eventually(async () => (await stack.query("vector(1)")).length === 1, { what: "queries are answered" });
  assert.deepEqual(await samples(), [], "what was deleted stays deleted");
});

test("a host whose agent is connected comes back with what comes later", async () => {
  await stack.start("agent");
  await eventually(async () => (await samples())[0] > 3, { ms: PATIENCE_MS, what: "some samples" });
  const oldest = async () => (await stack.query(`node_load1{job="syspulse"}[1h]`))[0].values[0][0];
  const before = await oldest();
  const { code, output } = await stack.cli("delete-host", ID, "--history");
  assert.equal(code, 0, output);
  await eventually(async () => (await host()).state === "HOST_STATE_ONLINE", { ms: PATIENCE_MS, what: "the host is back" });
  await eventually(async () => (await samples())[0] > 0, { ms: PATIENCE_MS, what: "a sample of after" });
  assert.ok((await oldest()) > before, "what came before is gone");
  assert.equal((await host()).displayName ?? "", "", "its name went with it");
});
