// The agent stands in for node_exporter: Debian's runs beside it on the same machine, and both must say the same.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { request } from "node:http";
import { differences, parsePage } from "./metrics_page.mjs";
import { BUILD, PEERS, Program, ROOT, eventually } from "./stack.mjs";

const AGENT = path.join(BUILD, "bin/syspulse-agent");
const NODE_EXPORTER = path.join(PEERS, "prometheus-node-exporter");

// Debian's release is 1.5 with defaults of its own; what the agent takes is what 1.12 takes. Both are told the same.
const SAME_DEFAULTS = [
  "--collector.netdev.device-exclude=^$",
  "--collector.diskstats.device-exclude=^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$",
  "--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run/credentials/.+)($|/)",
  "--collector.netstat.fields=^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Tcp_.*|Udp6?_.*)$",
];

// Collectors that share only the name.
const OTHER_COLLECTORS = new Set([]);

// Of the exporters themselves.
const ITS_OWN = /^(go_|process_|promhttp_|node_exporter_build_info$|node_scrape_collector_)/;

// Texts that changed between 1.5 and 1.12.
const OTHER_HELP = new Set([]);

let folder;
let peer;
let agent;

async function freePort() {
  const { createServer } = await import("node:net");
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Names of node_exporter's collectors by whether they run by default. */
function itsCollectors() {
  const { stdout, stderr, error } = spawnSync(NODE_EXPORTER, ["--help"], { encoding: "utf8" });
  if (error) throw new Error(`node_exporter cannot be run: ${error.message}`, { cause: error });
  const help = (stdout + stderr).replaceAll(/\s+/g, " ");
  return new Map([...help.matchAll(/--collector\.(\w+) Enable the \w+ collector \(default: (enabled|disabled)\)/g)].map(([, name, on]) => [name, on === "enabled"]));
}

const collectorsOf = (families) => [...families.get("node_scrape_collector_success").series.keys()].map((labels) => /"(.*)"/.exec(labels)[1]);

/** Starts both with the same flags and collectors: node_exporter gets those that the agent runs. */
async function startBoth(flags, itsFlags = []) {
  const started = [];
  try {
    return await start(started, flags, itsFlags);
  } catch (error) {
    for (const program of started) await program.stop(); // what nobody gets to know nobody else could stop
    throw error;
  }
}

async function start(started, flags, itsFlags) {
  const ours = new Program(AGENT, [...flags, "--server=", "--web.listen-address=127.0.0.1:0", "--slow-interval=1s"]);
  started.push(ours);
  ours.address = await ours.listening("metrics");
  await freshPage(ours);
  const known = itsCollectors();
  const shared = collectorsOf(await page(ours)).filter((name) => known.has(name) && !OTHER_COLLECTORS.has(name));
  const port = await freePort();
  const chosen = ["--collector.disable-defaults", ...shared.map((name) => `--collector.${name}`)];
  const theirs = new Program(NODE_EXPORTER, [...flags, ...itsFlags, ...chosen, `--web.listen-address=127.0.0.1:${port}`]);
  started.push(theirs);
  theirs.address = `127.0.0.1:${port}`;
  theirs.isPeer = true;
  await eventually(() => page(theirs), { what: `node_exporter on port ${port}` });
  return [theirs, ours];
}

async function page(program) {
  const response = await fetch(`http://${program.address}/metrics`);
  assert.equal(response.status, 200);
  const families = parsePage(await response.text());
  return program.isPeer ? families : withoutWhatIsNew(families);
}

// Labels that 1.12 has and 1.5 has not.
const NEW_LABELS = {
  node_disk_info: "rotational",
  node_filesystem_device_error: "device_error",
  node_network_info: "adminstate",
  node_nvme_info: "cntlid",
};

/** A page of the agent's as 1.5 would write it. */
function withoutWhatIsNew(families) {
  for (const [name, label] of Object.entries(NEW_LABELS)) {
    const family = families.get(name);
    if (family !== undefined) family.series = new Map([...family.series].map(([labels, value]) => [labels.split(/,(?=\w+=")/).filter((one) => !one.startsWith(`${label}=`)).join(","), value]));
  }
  // The second series of interfaces that are up, states that no connection is in, one that pools got since, and what
  // cannot be known of filesystems that nobody can ask.
  const drop = (name, unwanted) => {
    for (const [labels, value] of families.get(name)?.series ?? []) if (unwanted(labels, value)) families.get(name).series.delete(labels);
  };
  drop("node_network_up", (labels) => labels.includes("operstate="));
  drop("node_filesystem_readonly", (labels) => labels.includes("device_error="));
  drop("node_zfs_zpool_state", (labels) => labels.includes('state="suspended"'));
  drop("node_tcp_connection_states", (labels, value) => value === 0 && !labels.includes("queued"));
  return families;
}

/** The agent's page once every collector has run again; their durations never come out the same twice. */
async function freshPage(program) {
  const before = (await page(program)).get("node_scrape_collector_duration_seconds").series;
  const started = Date.now() / 1000;
  return eventually(
    async () => {
      const families = await page(program);
      const now = families.get("node_scrape_collector_duration_seconds").series;
      const read = [...before].every(([collector, duration]) => now.get(collector) !== duration);
      const time = families.get("node_time_seconds")?.series.get("");
      return read && (time === undefined || time > started) ? families : null;
    },
    { what: "a fresh sample of every source" },
  );
}

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "syspulse-test-"));
  mkdirSync(path.join(folder, "textfile"));
  writeFileSync(path.join(folder, "textfile/a.prom"), "# HELP backup_age_seconds Age.\n# TYPE backup_age_seconds gauge\nbackup_age_seconds 7\n");
  [peer, agent] = await startBoth([...SAME_DEFAULTS, "--collector.cpu.info", "--collector.netclass.ignore-invalid-speed", `--collector.textfile.directory=${folder}/textfile`]);
});
after(async () => {
  await peer?.stop();
  const ended = await agent?.stop();
  rmSync(folder, { recursive: true, force: true });
  if (agent !== undefined) assert.deepEqual(ended, { code: 0, signal: null });
});

// Who counts what runs and what sleeps runs meanwhile, and node_exporter with many of its threads.
const COUNTS_THE_READER = /^node_(procs_running|processes_(threads_)?state)$/;
const threadsOf = (program) => Number(/^Threads:\s+(\d+)/m.exec(readFileSync(`/proc/${program.pid}/status`, "utf8"))[1]);

/** What the agent says otherwise, between two readings of node_exporter. */
async function compareOnce() {
  const first = await page(peer);
  const ours = await freshPage(agent);
  const second = await page(peer);
  const readers = threadsOf(peer) + threadsOf(agent);
  const judge = (name, labels, low, own) => {
    const high = second.get(name)?.series.get(labels);
    if (high === undefined) return ""; // it vanished meanwhile
    if (labels.includes("_queued_bytes")) return ""; // an answer on its way to somebody who scrapes is among them
    if (Number.isNaN(low) || Number.isNaN(own)) return Number.isNaN(low) === Number.isNaN(own) ? "" : `${own}, not ${low}`;
    const moved = Math.abs(high - low);
    const digits = 1e-9 * Math.abs(low);
    const slack = digits + (COUNTS_THE_READER.test(name) && !/"[DIZT]"/.test(labels) ? readers : 0);
    return own >= Math.min(low, high) - moved - slack && own <= Math.max(low, high) + moved + slack ? "" : "another value";
  };
  // A series that only one of node_exporter's readings has came or went meanwhile.
  const fleeting = (name, labels) => labels !== undefined && first.get(name)?.series.has(labels) !== second.get(name)?.series.has(labels);
  return differences(first, ours, { ignored: (name, labels) => ITS_OWN.test(name) || fleeting(name, labels), otherHelp: OTHER_HELP, judge });
}

// What goes up and down may be anywhere between two readings, so that what counts is what no round explains.
const ROUNDS = 10;

test("on this machine the agent says what node_exporter says", async () => {
  let found = await compareOnce();
  for (let round = 1; round < ROUNDS && found.length > 0; ++round) {
    const again = new Set(await compareOnce());
    found = found.filter((difference) => again.has(difference));
  }
  assert.deepEqual(found, []);
});

test("the agent's build is where dashboards look for node_exporter's", async () => {
  const families = await page(agent);
  assert.match([...families.get("node_exporter_build_info").series.keys()][0], /^version="\d+\.\d+/);
  assert.ok(families.get("process_resident_memory_bytes").series.get("") > 1e6);
});

test("a scrape may ask for some collectors, as of node_exporter", async () => {
  const ask = async (program, query) => {
    const response = await fetch(`http://${program.address}/metrics?${query}`);
    const families = parsePage(await response.text());
    return { status: response.status, names: [...families.keys()].filter((name) => !/^(go_|process_|promhttp_|syspulse_agent_)/.test(name)) };
  };
  for (const query of ["collect[]=loadavg", "collect%5B%5D=stat&collect[]=meminfo", "exclude[]=meminfo&exclude[]=nope"]) {
    const theirs = await ask(peer, query);
    const ours = await ask(agent, query);
    assert.equal(ours.status, 200);
    if (query.startsWith("collect")) assert.deepEqual(ours.names.toSorted(), theirs.names.toSorted(), query);
    else assert.ok(!ours.names.includes("node_memory_MemTotal_bytes") && ours.names.includes("node_load1"), query);
  }
  for (const query of ["collect[]=nope", "collect[]=loadavg&exclude[]=stat", "collect[]="]) {
    // 1.5 does not know exclude[] yet.
    if (!query.includes("exclude")) assert.equal((await ask(peer, query)).status, 400, query);
    assert.equal((await ask(agent, query)).status, 400, query);
  }
  assert.match(await (await fetch(`http://${agent.address}/metrics?collect[]=nope`)).text(), /missing collector: nope/);
});

test("there is a page for people, and one for probes", async () => {
  const landing = await fetch(`http://${agent.address}/`);
  assert.match(landing.headers.get("content-type"), /^text\/html/);
  assert.match(await landing.text(), /<a href="\/metrics">/);
  assert.equal(await (await fetch(`http://${agent.address}/healthz`)).text(), "ok\n");
  assert.equal((await fetch(`http://${agent.address}/nowhere`)).status, 404);
});

test("who takes gzip gets it, and nobody else", async () => {
  const get = (headers) =>
    new Promise((resolve, reject) => {
      request(`http://${agent.address}/metrics`, { headers }, (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part)).on("end", () => resolve([response.headers, Buffer.concat(parts)]));
      })
        .on("error", reject)
        .end();
    });
  const [packedHeaders, packed] = await get({ "Accept-Encoding": "gzip" });
  assert.equal(packedHeaders["content-encoding"], "gzip");
  const text = gunzipSync(packed).toString();
  assert.match(text, /^node_load1 /m);
  assert.ok(packed.length < text.length / 4);
  for (const accepted of ["identity", "gzip;q=0", "br"]) {
    const [headers, plain] = await get({ "Accept-Encoding": accepted });
    assert.equal(headers["content-encoding"], undefined, accepted);
    assert.match(plain.toString(), /^node_load1 /m);
  }
});

test("a thousand scrapes, ten at a time, are all answered", async () => {
  for (let round = 0; round < 100; ++round) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(`http://${agent.address}/metrics`)));
    for (const answer of answers) {
      assert.equal(answer.status, 200);
      await answer.arrayBuffer();
    }
  }
});

test("a port that is in use is named at once", async () => {
  const { status, stderr, stdout } = spawnSync(AGENT, ["--server=", `--exporter-listen=${agent.address}`], { encoding: "utf8", timeout: 10_000 });
  assert.equal(status, 1);
  assert.match(stdout + stderr, /port \d+ is in use; choose another with --exporter-listen/);
});

test("on a host whose files stand elsewhere it finds what node_exporter finds", async () => {
  const host = path.join(ROOT, "tests/fixtures/web-1");
  const info = ["--collector.cpu.info", "--collector.cpu.info.flags-include=^(avx|sse)", "--collector.cpu.info.bugs-include=spectre"];
  const flags = [...info, "--collector.ipvs.backend-labels=proto,local_port,remote_address", `--path.procfs=${host}/proc`, `--path.sysfs=${host}/sys`, `--path.rootfs=${host}/rootfs`, `--path.udev.data=${host}/rootfs/run/udev/data`];
  const [theirs, ours] = await startBoth([...SAME_DEFAULTS, ...flags], ["--no-collector.netdev.netlink"]);
  try {
    // Of the machine, whatever the files say.
    const ofMachine = /^node_(time_|timex_|uname_|textfile_|filesystem_|arp_|selinux_|tcp_connection_states$)/;
    // Series that 1.5 names otherwise than 1.12, or makes of nothing.
    const otherwise = [
      // 1.12 takes the long serial number of a disk that has no short one.
      [/^node_disk_info$/, /device="nvme0n1"/],
      // 1.12 tells chips of one device apart by their names, and takes the label of a frequency.
      [/^node_hwmon_/, /chip="platform_(asus_ec_sensors|mlxreg_fan_1)/],
      [/^node_hwmon_sensor_label$/, /sensor="freq1"/],
      // 1.5 counts requests of NFS 2 where the file has none, and what a tape does not tell, at zero.
      [/^node_nfs_requests_total$/, /proto="2"/],
      [/^node_tape_/, /device="st10"/],
      // 1.5 numbers processors by their lines, among which one is missing.
      [/^node_softnet_/, /cpu="[23]"/],
    ];
    const renamed = (name, labels) => labels !== undefined && otherwise.some(([names, series]) => names.test(name) && series.test(labels));
    // Read in another way: 1.5 takes another file for btrfs' reserve, cuts datasets at a blank, and counts the threads of
    // processes only where a process lists them, which the fixture's do not.
    const readOtherwise = (name, labels = "") => /^node_(btrfs_global_rsv_size_bytes|processes_threads_state)$/.test(name) || /dataset="tank\/my/.test(labels);
    const expected = await page(theirs);
    // 1.5 invents processors in the gaps between those that are online, all of them at zero.
    const invented = (name, labels) => /^node_cpu_(guest_)?seconds_total$/.test(name) && expected.get(name).series.get(labels) === 0;
    const found = differences(expected, await freshPage(ours), {
      ignored: (name, labels) => ITS_OWN.test(name) || ofMachine.test(name) || renamed(name, labels) || readOtherwise(name, labels) || invented(name, labels),
      otherHelp: OTHER_HELP,
      judge: (_name, _labels, value, own) => (Math.abs(own - value) <= 1e-9 * Math.abs(value) ? "" : `${own}, not ${value}`),
    });
    assert.deepEqual(found, []);
    // Nor does promtool like cAdvisor's.
    const rest = (await complaints(ours)).filter((line) => !/^node_(memory|netstat)_\w+ metric names should be written in 'snake_case' not 'camelCase'$/.test(line));
    assert.deepEqual(rest, ['container_memory_failcnt counter metrics should have "_total" suffix', ...["available", "pool_size"].map((name) => `node_entropy_${name}_bits use base unit "bytes" instead of "bits"`)]);
  } finally {
    await theirs.stop();
    await ours.stop();
  }
});

async function complaints(program) {
  const text = await (await fetch(`http://${program.address}/metrics`)).text();
  const { stdout, stderr } = spawnSync(path.join(PEERS, "promtool"), ["check", "metrics"], { input: text, encoding: "utf8" });
  return (stdout + stderr).split("\n").filter((line) => line !== "");
}

// promtool does not like node_exporter's names, such as node_memory_MemFree_bytes: they are what dashboards ask for.
test("promtool finds nothing else to say about the agent's page than about node_exporter's", async () => {
    const known = new Set(await complaints(peer));
  assert.ok(known.size > 30);
  assert.deepEqual((await complaints(agent)).filter((line) => !known.has(line)), []);
});
