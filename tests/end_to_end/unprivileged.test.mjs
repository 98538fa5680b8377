// The agent without root, and where procfs hides the processes of others: it runs, says what it could not see, and sees the rest.
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { parsePage } from "./metrics_page.mjs";
import { BUILD, Program, ROOT, Stack, eventually } from "./stack.mjs";

const NOBODY = 65534;
const AS_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--no-new-privs"];
// A procfs of its own in a namespace of its own: nobody else's hides anything.
const HIDING = ["unshare", "--mount", "--propagation=private", "sh", "-c", 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', "sh"];

let folder;
let binary;
let privileged;
const running = [];

/** Starts the agent behind `prefix`, a command that runs others, and waits for its page. */
async function startAgent(prefix, ...flags) {
  const [file, ...args] = [...prefix, binary, "--server=", "--web.listen-address=127.0.0.1:0", "--slow-interval=1s", "--web.disable-exporter-metrics", ...flags];
  const agent = new Program(file, args);
  running.push(agent);
  agent.address = await agent.listening("metrics");
  return agent;
}

const page = async (agent) => parsePage(await (await fetch(`http://${agent.address}/metrics`)).text());
const valueOf = async (agent, name) => (await page(agent)).get(name)?.series.get("");

/** Collectors by whether they succeeded. */
async function outcomes(agent) {
  const { series } = (await page(agent)).get("node_scrape_collector_success");
  return Object.fromEntries([...series].map(([labels, value]) => [/"(.*)"/.exec(labels)[1], value === 1]));
}
const failing = async (agent) => Object.entries(await outcomes(agent)).filter(([, success]) => !success).map(([name]) => name).sort();

const pids = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name)).length;

/** What one agent sees less than another must stand in its log: as a collector that fails, or as files that may not be read. */
async function expectExplained(agent, other) {
  const seen = await failing(other);
  for (const collector of await failing(agent)) {
    if (!seen.includes(collector)) assert.match(agent.log, new RegExp(`collector ${collector} fails: .*Permission denied`));
  }
  const families = await page(agent);
  // States come and go with those who are in them.
  const missing = [...(await page(other)).keys()].filter((name) => !families.has(name));
  if (missing.length > 0) assert.match(agent.log, /Permission denied|limited: not all files may be read/, `without a word: ${missing}`);
}

before(async () => {
  assert.equal(process.getuid(), 0, "this test needs root: it runs the agent as another user, and mounts a procfs");
  folder = mkdtempSync(path.join(tmpdir(), "syspulse-test-"));
  chmodSync(folder, 0o755);
  binary = path.join(folder, "syspulse-agent"); // where nobody may run it
  copyFileSync(path.join(BUILD, "bin/syspulse-agent"), binary);
  privileged = await startAgent([]);
});
after(async () => {
  const ended = await Promise.all(running.map((agent) => agent.stop()));
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  assert.deepEqual(
    ended,
    running.map(() => ({ code: 0, signal: null })),
  );
});

test("as another user it measures all processes and says what of them it may not read", async () => {
  const agent = await startAgent(AS_NOBODY);
  assert.match(readFileSync(`/proc/${agent.pid}/status`, "utf8"), new RegExp(`^Uid:\\t${NOBODY}\\t[\\s\\S]*^CapEff:\\t0+$`, "m"));
  await eventually(async () => Math.abs((await valueOf(agent, "node_processes_pids")) - pids()) <= 3, { what: "all processes counted" });
  assert.match(agent.log, /limited: disk rates, programs and open files may not be read of all processes/);
  assert.doesNotMatch(agent.log, /hidepid/);
  assert.doesNotMatch(privileged.log, /limited: not all files|Permission denied/);
  await expectExplained(agent, privileged);
});

test("where processes of others are hidden it says so, and everything else is as it was", async () => {
  const mounts = () => /^\S+ \/proc proc .*$/m.exec(readFileSync("/proc/mounts", "utf8"))[0];
  const mountsBefore = mounts();
  const agent = await startAgent([...HIDING, ...AS_NOBODY]);
  assert.equal(mounts(), mountsBefore);
  assert.match(readFileSync(`/proc/${agent.pid}/mounts`, "utf8"), / \/proc proc \S*hidepid=(2|invisible)/);
  assert.match(agent.log, /limited: processes of other users are hidden \(procfs is mounted with hidepid\)/);
  await eventually(async () => {
    const own = await valueOf(agent, "node_processes_pids");
    return own >= 1 && own < pids() / 2;
  }, { what: "its own processes counted" });
  await expectExplained(agent, privileged);
  assert.deepEqual(await failing(agent), await failing(running.find((other) => other !== agent && other !== privileged)));
});

test("with root what procfs hides is not hidden", async () => {
  const agent = await startAgent(HIDING);
  await eventually(async () => Math.abs((await valueOf(agent, "node_processes_pids")) - pids()) <= 3, { what: "all processes counted" });
  assert.doesNotMatch(agent.log, /hidepid/);
  assert.deepEqual(await failing(agent), await failing(privileged));
});

test("files that may not be read cost who reads them, and each is named", async () => {
  const host = path.join(folder, "host");
  cpSync(path.join(ROOT, "tests/fixtures/web-1"), host, { recursive: true, verbatimSymlinks: true });
  const close = (place) => chmodSync(path.join(host, place), 0);
  for (const zone of readdirSync(path.join(host, "sys/class/powercap"))) {
    if (zone.includes(":")) close(`sys/class/powercap/${zone}/energy_uj`);
  }
  for (const place of ["proc/net/softnet_stat", "proc/interrupts", "sys/class/thermal", "sys/class/dmi/id/product_uuid"]) close(place);
  const roots = [`--path.procfs=${host}/proc`, `--path.sysfs=${host}/sys`, `--path.rootfs=${host}/rootfs`];
  const whole = await startAgent([], ...roots);
  const agent = await startAgent(AS_NOBODY, ...roots);
  const extra = (await failing(agent)).filter((name) => name !== "systemd");
  assert.deepEqual((await failing(whole)).filter((name) => name !== "systemd"), []);
  assert.deepEqual(extra, ["interrupts", "rapl", "softnet", "thermal_zone"]);
  for (const [collector, place] of [["interrupts", "interrupts"], ["rapl", "energy_uj"], ["softnet", "net/softnet_stat"], ["thermal_zone", "class/thermal"]]) {
    assert.match(agent.log, new RegExp(`collector ${collector} fails: open \\S*${place}: Permission denied`));
  }
  assert.match(agent.log, /limited: not all files may be read, such as \S+(product_uuid|energy_uj)/);
  const lost = /^node_(interrupts_total|rapl_|softnet_|thermal_zone_|cooling_device_)/;
  const left = await page(agent);
  assert.deepEqual(
    [...(await page(whole)).keys()].filter((name) => !lost.test(name) && !left.has(name)),
    [],
  );
});

test("the service is told, and shows what there is of processes", async () => {
  const stack = await Stack.start(["service", "gateway"]);
  running.push({ stop: () => stack.stop().then(() => ({ code: 0, signal: null })) });
  const [file, ...args] = [...AS_NOBODY, binary, `--server=${stack.grpc}`];
  const agent = new Program(file, args);
  running.push(agent);
  await stack.ready();
  const { hosts } = await stack.json("/api/v1/hosts");
  assert.match(hosts[0].limitations.join("\n"), /disk rates, programs and open files may not be read of all processes/);
  const { processTable } = await stack.json("/api/v1/processes");
  const own = processTable.processes.find(({ pid }) => pid === agent.pid);
  assert.equal(own?.executable, binary);
  const others = processTable.processes.filter(({ user }) => user === "root");
  assert.ok(others.length > 0);
  for (const other of others) {
    assert.equal(other.executable ?? "", "", other.command);
    assert.ok(other.threadCount > 0 && other.state !== undefined, other.command);
  }
});
