// Prometheus scrapes the agent in the place of node_exporter, and the dashboards and alerts that people own find what they ask for.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { Prometheus } from "./prometheus.mjs";
import { BUILD, Program, ROOT, sleep } from "./stack.mjs";

// What they select, by who does: all names of Node Exporter Full (dashboard 1860) and of node_exporter's own alerts and rules.
const ASKED = JSON.parse(readFileSync(path.join(ROOT, "tests/fixtures/dashboards.json"), "utf8"));
const SELECTORS = [...new Set(Object.values(ASKED).flat())];
const HOST = path.join(ROOT, "tests/fixtures/web-1");
const PATIENCE_MS = 40_000;

let folder;
let prometheus;
const agents = [];

/** An agent with all that node_exporter would need flags for, and its address. */
async function startAgent(...flags) {
  const agent = new Program(path.join(BUILD, "bin/syspulse-agent"), [
    "--server=",
    "--web.listen-address=127.0.0.1:0",
    "--slow-interval=1s",
    "--collector.systemd.enable-restarts-metrics",
    ...flags,
  ]);
  agents.push(agent);
  return agent.listening("metrics");
}

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "syspulse-test-"));
  const live = await startAgent();
  const fixture = await startAgent(`--path.procfs=${HOST}/proc`, `--path.sysfs=${HOST}/sys`, `--path.rootfs=${HOST}/rootfs`);
  prometheus = await Prometheus.start(folder, [
    { job_name: "live", static_configs: [{ targets: [live] }] },
    { job_name: "fixture", static_configs: [{ targets: [fixture] }] },
  ]);
});
after(async () => {
  await prometheus?.stop();
  const ended = await Promise.all(agents.map((agent) => agent.stop()));
  rmSync(folder, { recursive: true, force: true });
  assert.deepEqual(
    ended,
    agents.map(() => ({ code: 0, signal: null })),
  );
});

/** A selector that asks one job. */
const of = (job, selector) => (selector.endsWith("}") ? `${selector.slice(0, -1)},job="${job}"}` : `${selector}{job="${job}"}`);

/** The selectors that find nothing in a job. */
async function unanswered(job) {
  const counts = await Promise.all(SELECTORS.map((selector) => prometheus.query(`count(${of(job, selector)})`)));
  return SELECTORS.filter((_, i) => counts[i].length === 0);
}

/** Waits until all but these are answered, and says which are not if that does not come. */
async function expectAnswers(job, except) {
  const deadline = Date.now() + PATIENCE_MS;
  let missing = await unanswered(job);
  while (missing.length > except.length && Date.now() < deadline) {
    await sleep(200);
    missing = await unanswered(job);
  }
  assert.deepEqual(missing, except);
}

const text = (file) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // absent, or one that the device has no answer for
  }
};
const names = (directory) => (existsSync(directory) ? readdirSync(directory) : []);

// Where a name comes from. A name that the machine has nothing for is not asked of the agent; one that it has something for is.
const noFile = (file) => () => !existsSync(file);
const noLine = (file, line) => () => !line.test(text(file));
/** None of the directories in `parent` has such a line in a file. */
const noLineIn = (parent, file, line) => () => names(parent).every((name) => !line.test(text(path.join(parent, name, file))));
/** None of the directories in `parent` has a file whose path in there matches. */
const noneHas = (parent, directory, file) => () =>
  !names(parent)
    .filter((name) => directory.test(name))
    .flatMap((name) => [...names(path.join(parent, name)), ...names(path.join(parent, name, "device"))])
    .some((name) => file.test(name));
const noSystemd = () => !existsSync("/run/dbus/system_bus_socket") && !existsSync("/run/systemd/private");
const noMemoryLine = (name) => {
  const [, field] = /^node_memory_(\w+?)(?:_bytes)?$/.exec(name);
  return noLine("/proc/meminfo", new RegExp(`^${field.replace(/_(anon|file)$/, "\\($1\\)")}:`, "m"))();
};

const CPUS = "/sys/devices/system/cpu";
const HWMON = "/sys/class/hwmon";
const MAC = /^node_memory_(available|compressed|internal|purgeable|total|wired)_bytes$/;
// Exactly what may be missing, each with why: the reason, and whether it holds on this machine.
const MAY_BE_ABSENT = [
  [MAC, "only macOS has it", () => process.platform !== "darwin"],
  [/^node_arp_entries$/, "no neighbours", noLine("/proc/net/arp", /^\d/m)],
  [/^node_bonding_/, "no bonded interfaces", noLine("/sys/class/net/bonding_masters", /\w/)],
  [/^node_cooling_device_/, "nothing cools", noneHas("/sys/class/thermal", /^cooling_device/, /^cur_state$/)],
  [/^node_cpu_scaling_frequency_hertz$/, "the frequency is not scaled", noneHas(CPUS, /^cpu\d+$/, /^cpufreq$/)],
  [/^node_cpu_scaling_frequency_(max|min)_hertz$/, "the frequency is not scaled", noneHas(CPUS, /^cpu\d+$/, /^cpufreq$/)],
  [/^node_hwmon_chip_names$/, "no sensor chips", noneHas(HWMON, /./, /^name$/)],
  [/^node_hwmon_fan_rpm$/, "no fans", noneHas(HWMON, /./, /^fan\d+_input$/)],
  [/^node_hwmon_fan_min_rpm$/, "no fans with a least speed", noneHas(HWMON, /./, /^fan\d+_min$/)],
  [/^node_hwmon_temp_celsius$/, "no thermometers", noneHas(HWMON, /./, /^temp\d+_input$/)],
  [/^node_hwmon_temp_max_celsius$/, "no thermometers with a limit", noneHas(HWMON, /./, /^temp\d+_max$/)],
  [/^node_hwmon_temp_crit_celsius$/, "no thermometers with a limit", noneHas(HWMON, /./, /^temp\d+_crit$/)],
  [/^node_hwmon_temp_crit_hyst_celsius$/, "no thermometers with a limit", noneHas(HWMON, /./, /^temp\d+_crit_hyst$/)],
  [/^node_hwmon_temp_crit_alarm_celsius$/, "no thermometers with an alarm", noneHas(HWMON, /./, /^temp\d+_crit_alarm$/)],
  [/^node_md_/, "no RAID of the kernel's", noLine("/proc/mdstat", /^md\w* : /m)],
  [/^node_memory_/, "the kernel has no such line", noMemoryLine],
  [/^node_netstat_UdpLite_/, "no UDP-Lite in the kernel", noLine("/proc/net/snmp", /^UdpLite:/m)],
  [/^node_sockstat_UDPLITE_/, "no UDP-Lite in the kernel", noLine("/proc/net/sockstat", /^UDPLITE:/m)],
  [/^node_network_speed_bytes$/, "no interface says its speed", noLineIn("/sys/class/net", "speed", /\d/)],
  [/^node_network_up$/, "no interface is up", noLineIn("/sys/class/net", "operstate", /^up$/m)],
  [/^node_nf_conntrack_/, "no tracking of connections", noFile("/proc/sys/net/netfilter/nf_conntrack_count")],
  [/^node_kernel_hung_tasks$/, "hung tasks are not counted", noFile("/proc/sys/kernel/hung_task_detect_count")],
  [/^node_power_supply_online$/, "no power supplies", noneHas("/sys/class/power_supply", /./, /^online$/)],
  [/^node_pressure_irq_/, "pressure of interrupts is not measured", noFile("/proc/pressure/irq")],
  [/^node_pressure_/, "pressure is not measured", noFile("/proc/pressure/cpu")],
  [/^node_schedstat_/, "no statistics of the scheduler", noFile("/proc/schedstat")],
  [/^node_systemd_/, "no systemd", noSystemd],
];

const nameOf = (selector) => selector.replace(/\{.*/, "");

test("the list of what dashboards ask for is whole", () => {
  assert.equal(new Set(ASKED["node-exporter-full"]).size, 224);
  assert.equal(new Set(ASKED["node-mixin"]).size, 53);
  for (const selector of SELECTORS) assert.match(selector, /^node_\w+(\{\w+=?[=!~]+".*"\})?$/);
});

test("on this machine every name is answered that the machine has something for", async (context) => {
  const absent = SELECTORS.map((selector) => {
    const name = nameOf(selector);
    const rule = MAY_BE_ABSENT.find(([pattern]) => pattern.test(name));
    return { selector, why: rule !== undefined && rule[2](name) ? rule[1] : undefined };
  }).filter(({ why }) => why !== undefined);
  for (const { selector, why } of absent) context.diagnostic(`${selector}: ${why}`);
  await expectAnswers(
    "live",
    absent.map(({ selector }) => selector),
  );
});

test("on a host that has everything every name is answered that files can tell of", async () => {
  const beyondFiles = /^node_systemd_/; // the bus says those
  await expectAnswers(
    "fixture",
    SELECTORS.filter((selector) => beyondFiles.test(selector) || MAC.test(nameOf(selector))),
  );
});
