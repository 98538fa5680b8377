// Real processes for tests: the service, the agent and the gateway, on ports of their own and in a folder of their own.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

export const ROOT = path.resolve(import.meta.dirname, "../..");
export const BUILD = process.env.SYSPULSE_TEST_BUILD ?? path.join(ROOT, "build");
export const PEERS = process.env.SYSPULSE_TEST_PEERS || path.join(ROOT, ".cache/peers/usr/bin");
export const NODE_MODULES = path.join(ROOT, "web-gateway/dashboard/node_modules");

const START_MS = 15_000;
const STOP_MS = 7_000;

// Below the ports that the kernel deals out to whoever asks for any or connects (ip_local_port_range).
const PORTS = { from: 10_000, to: 32_767 };

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Calls `probe` until it returns something true, and returns that. Throws what it threw last after `ms`. */
export async function eventually(probe, { ms = START_MS, what = "it" } = {}) {
  const deadline = Date.now() + ms;
  let failure;
  while (Date.now() < deadline) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      failure = error;
    }
    await sleep(50);
  }
  throw new Error(`${what} did not happen within ${ms} ms`, { cause: failure });
}

/** Address on loopback that a program may leave and come back to: nobody has it, and the kernel gives it to nobody else. */
export async function lastingAddress() {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    const server = createServer();
    const free = await new Promise((resolve) => {
      server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return `127.0.0.1:${port}`;
  }
}

/** A program that runs until it is stopped. */
export class Program {
  constructor(file, args, { env = {}, cwd } = {}) {
    this.log = "";
    this.process = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        this.log += text;
      });
    }
    this.exited = new Promise((resolve) => {
      this.process.on("close", (code, signal) => resolve({ code, signal }));
      this.process.on("error", (error) => {
        this.log += error.message;
        resolve({ code: 127, signal: null });
      });
    });
  }

  get pid() {
    return this.process.pid;
  }

  /** The address behind `listening on … (kind)` in the program's log. */
  async listening(kind) {
    const line = new RegExp(`listening on (\\S+) \\(${kind}\\)`);
    const match = await eventually(() => line.exec(this.log), { what: `listening (${kind}); the log says: ${this.log}` });
    return match[1];
  }

  /** Asks it to end, insists after a while, and returns how it ended. */
  async stop(signal = "SIGTERM") {
    this.process.kill(signal);
    const insist = setTimeout(() => this.process.kill("SIGKILL"), STOP_MS);
    const result = await this.exited;
    clearTimeout(insist);
    return result;
  }
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
}

/** Busy and total ticks of all cores, from the kernel itself. */
export function processorTicks() {
  const [user, nice, system, idle, iowait, irq, softirq, steal] = readFileSync("/proc/stat", "utf8")
    .split("\n")[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const total = user + nice + system + idle + iowait + irq + softirq + steal;
  return { total, busy: total - idle - iowait };
}

/** The three programs. `start` brings up those named, in the order in which they need each other. */
export class Stack {
  constructor() {
    this.folder = mkdtempSync(path.join(tmpdir(), "syspulse-test-"));
    this.data = path.join(this.folder, "data");
    this.serviceFlags = []; // besides addresses and the data directory
    this.agentFlags = [];
    this.serviceWrapper = []; // a command that runs the service, its arguments first
  }

  static async start(names = ["service", "agent", "gateway"]) {
    const stack = new Stack();
    for (const name of names) await stack.start(name);
    return stack;
  }

  /** Starts one program, on the same ports as the last time. */
  async start(name) {
    const bin = (program) => path.join(BUILD, "bin", program);
    if (name === "service") {
      this.grpc ??= await lastingAddress();
      this.metrics ??= await lastingAddress();
      const flags = [`--grpc-listen=${this.grpc}`, `--exporter-listen=${this.metrics}`, `--data-dir=${this.data}`];
      const [program, ...args] = [...this.serviceWrapper, bin("syspulsed"), ...flags, ...this.serviceFlags];
      this.service = new Program(program, args);
      await this.service.listening("grpc");
      await this.service.listening("metrics");
    } else if (name === "agent") {
      this.agent = new Program(bin("syspulse-agent"), [`--server=${this.grpc}`, ...this.agentFlags]);
    } else {
      this.http ??= await lastingAddress();
      const flags = [`--http-listen=${this.http}`, `--server=${this.grpc}`, `--exporter-address=${this.metrics}`];
      this.gateway = new Program(bin("syspulse-gateway"), flags);
      await this.gateway.listening("http");
    }
  }

  /** Runs the CLI to its end. */
  async cli(...args) {
    const program = new Program(path.join(BUILD, "bin/syspulse"), [`--server=${this.grpc}`, ...args]);
    const { code } = await program.exited;
    return { code, output: program.log };
  }

  url(place) {
    return `http://${this.http}${place}`;
  }

  async json(place) {
    const response = await fetch(this.url(place));
    if (!response.ok) throw new Error(`${place}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Waits until snapshots with rates come through the gateway, and returns the first. */
  async ready() {
    return eventually(
      async () => {
        const { snapshot } = await this.json("/api/v1/snapshot");
        return snapshot?.cpu?.utilizationRatio !== undefined && snapshot.topProcesses?.length ? snapshot : null;
      },
      { what: "a snapshot with rates" },
    );
  }

  /** The service's own metrics, by name, without those of hosts. */
  async serviceMetrics() {
    const page = await (await fetch(`http://${this.metrics}/metrics`)).text();
    return Object.fromEntries([...page.matchAll(/^(syspulse_\w+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]));
  }

  /** What an expression gives, by Prometheus' API: `parameters` are those of an instant query. */
  async query(query, parameters = {}) {
    const response = await fetch(this.url(`/api/v1/query?${new URLSearchParams({ query, ...parameters })}`));
    const { status, data, error } = await response.json();
    if (status !== "success") throw new Error(`${query}: ${error}`);
    return data.result;
  }

  async stop() {
    for (const program of [this.gateway, this.agent, this.service]) await program?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
