// Many hosts at once: their list in any order, filters by what they do, and their processes merged.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FLEET, startAgents } from "./some_agents.mjs";
import { Stack, eventually } from "./stack.mjs";

let stack;
let agents = [];
before(async () => {
  stack = await Stack.start(["service", "gateway"]);
  agents = await startAgents(stack);
});
after(async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  await stack?.stop();
});

const list = (parameters) => stack.json(`/api/v1/hosts?${new URLSearchParams(parameters)}`);
const ids = ({ hosts = [] }) => hosts.map(({ name }) => name.replace("hosts/", ""));

test("hosts are listed with what they do, in the order asked for", async () => {
  const { hosts, totalSize } = await list({ orderBy: "memory.utilization desc" });
  assert.equal(totalSize, FLEET.length);
  const ratios = hosts.map(({ summary }) => summary.memoryUtilizationRatio);
  assert.deepEqual(ratios, [...ratios].sort((a, b) => b - a));
  for (const { summary } of hosts) {
    assert.ok(summary.cpuUtilizationRatio >= 0 && summary.cpuUtilizationRatio <= 1, JSON.stringify(summary));
    assert.ok(summary.loadOneMinute >= 0);
    assert.ok(summary.filesystemUtilizationRatio > 0 && summary.filesystemMountpoint.startsWith("/"));
  }
  assert.deepEqual(ids(await list({ orderBy: "name" })), ["db-1", "web-1", "web-2"]);
  assert.deepEqual(ids(await list({ orderBy: "name desc" })), ["web-2", "web-1", "db-1"]);
});

test("every host is on one page of a list whose order does not change", async () => {
  const names = [];
  let pageToken = "";
  do {
    const page = await list({ orderBy: "state,name desc", pageSize: 1, pageToken });
    names.push(...ids(page));
    pageToken = page.nextPageToken ?? "";
  } while (pageToken !== "");
  assert.deepEqual(names, ["web-2", "web-1", "db-1"]);
});

test("hosts are found by labels and by what they do", async () => {
  assert.deepEqual(ids(await list({ filter: 'env="prod",memory.utilization>0%', orderBy: "name" })), ["web-1", "web-2"]);
  assert.deepEqual(ids(await list({ filter: "memory.utilization>100%" })), []);
  const { code, output } = await stack.cli("hosts", "--sort", "memory", "--filter", 'env="dev",cpu.utilization<=1');
  assert.equal(code, 0, output);
  assert.match(output, /STATE +CPU +MEM +LOAD +DISK +PRESSURE/);
  assert.match(output, /db-1 +online +[\d.]+% +[\d.]+% +[\d.]+ +[\d.]+%/);
  assert.doesNotMatch(output, /web-1/);
});

test("processes of all hosts are merged, and none of the agents is asked for more", async () => {
  const table = async (orderBy) => (await stack.json(`/api/v1/processes?${new URLSearchParams({ orderBy })}`)).processTable;
  const merged = await eventually(async () => {
    const now = await table("resident_bytes desc");
    return new Set(now.processes.map(({ name }) => name.split("/")[1])).size === FLEET.length && now;
  }, { what: "processes of all hosts" });
  const bytes = merged.processes.map(({ residentBytes }) => Number(residentBytes));
  assert.deepEqual(bytes, [...bytes].sort((a, b) => b - a));
  for (const { hostname } of merged.processes) assert.notEqual(hostname ?? "", "");
  assert.ok((await table("io_bytes_per_second desc")).processes.length > 0);
  const { code, output } = await stack.cli("ps", "--all-hosts", "--sort", "memory", "--limit", "3");
  assert.equal(code, 0, output);
  assert.match(output, /^HOST +PID/m);
});

test("a host that goes offline has no summary, and no processes in the merge", async () => {
  await agents.pop().stop();
  const gone = await eventually(async () => {
    const { hosts = [] } = await list({ filter: 'state="offline"' });
    return hosts[0];
  }, { ms: 60_000, what: "an offline host" });
  assert.equal(gone.name, "hosts/db-1");
  assert.equal(gone.summary, undefined);
  assert.deepEqual(ids(await list({ orderBy: "cpu.utilization" })).at(-1), "db-1", "what is not known comes last");
  const { processTable } = await stack.json("/api/v1/processes");
  assert.ok(processTable.processes.length > 0);
  for (const { name } of processTable.processes) assert.doesNotMatch(name, /^hosts\/db-1\//);
});

test("what makes no sense is refused in a sentence, and nobody else notices", async () => {
  const refusal = async (parameters) => {
    const call = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(parameters) };
    const response = await fetch(stack.url("/syspulse.v1.HostService/ListHosts"), call);
    assert.equal(response.status, 400);
    return response.text();
  };
  assert.match(await refusal({ orderBy: "beauty" }), /'beauty' is none of hostname, display_name/);
  assert.match(await refusal({ filter: "beauty>1" }), /byte 1: 'beauty' cannot be compared/);
  assert.match(await refusal({ filter: "(".repeat(4000) }), /filter/);
  for (const bracket of ["(", "[", "{", '"']) {
    await refusal({ filter: bracket.repeat(10_000) });
    await refusal({ orderBy: bracket.repeat(10_000) });
    await refusal({ filter: bracket.repeat(65_536) });
  }
  const hostile = (await stack.cli("hosts", "--filter", "{".repeat(65_536))).output;
  assert.match(hostile, /the filter has 65536 bytes; it may have 4096 at most/);
  assert.equal((await list({})).totalSize, FLEET.length);
});
