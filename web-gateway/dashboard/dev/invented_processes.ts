// Processes that do not exist, one of them with a hostile name.
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Process, ProcessSchema, ProcessState } from "../src/api/gen/syspulse/v1/process_pb.js";
import { gib, mib, wave } from "./invented_values.ts";

export const processCount = 240;
export const threadCount = 1234;
const startTimeMs = Date.now() - 12 * 86_400_000;
const commands = ["postgres", "nginx", "syspulsed", "ffmpeg", "java", "sshd", "kworker/0:1", "node", "python3"];
const users = ["root", "www-data", "postgres", "app"];
const hostileName = "<img src=x onerror=alert(1)>";
const hostileIndex = 5;
const zombieIndex = 17;
/** So many do something. */
const busyCount = 12;

export function inventProcesses(): Process[] {
  const now = Date.now() / 1000;
  return Array.from({ length: processCount }, (_, index) => inventProcess(index, now));
}

function inventProcess(index: number, now: number): Process {
  const command = index === hostileIndex ? hostileName : (commands[index % commands.length] ?? "init");
  const busy = index < busyCount ? 1.8 * wave(now, 30 + 7 * index, index) ** 3 : 0;
  const idle = index === zombieIndex ? ProcessState.ZOMBIE : ProcessState.SLEEPING;
  return create(ProcessSchema, {
    pid: pidOf(index),
    ppid: index === 0 ? 0 : pidOf((index - 1) >> 2),
    command,
    executable: `/usr/bin/${command}`,
    sharedBytes: BigInt(8 * mib),
    swapBytes: BigInt(index % 7 === 0 ? 3 * mib : 0),
    openFileCount: 4 + (index % 90),
    container: index % 5 === 3 ? `${index}`.padStart(64, "4f1c") : "",
    unit: index % 5 === 3 ? "docker.service" : `${commands[index % commands.length]}.service`,
    commandLine: `/usr/bin/${command} --config /etc/${command}.conf --worker ${index}`,
    user: users[index % users.length] ?? "root",
    startTime: timestampFromMs(startTimeMs + index * 60_000),
    state: busy > 0.3 ? ProcessState.RUNNING : idle,
    threadCount: 1 + (index % 24),
    cpuUtilizationRatio: busy,
    cpuSeconds: 1000 / (1 + index),
    residentBytes: BigInt(Math.round((1.5 * gib) / (1 + (index % 40)))),
    virtualBytes: BigInt(4 * gib),
    memoryUtilizationRatio: 0.1 / (1 + (index % 40)),
    readBytesPerSecond: index % 6 === 0 ? 1e6 * busy : 0,
    writeBytesPerSecond: index % 4 === 0 ? 3e5 * busy : 0,
  });
}

function pidOf(index: number): number {
  return 1 + index * 37;
}

/** Puts each process below its parent, if that is among them, siblings as they come. */
export function asTree(processes: readonly Process[]): Process[] {
  const pids = new Set(processes.map(({ pid }) => pid));
  const below = (ppid: number, depth: number): Process[] =>
    processes
      .filter((process) => process.ppid === ppid)
      .flatMap((process) => [{ ...process, depth }, ...below(process.pid, depth + 1)]);
  return processes.filter(({ ppid }) => !pids.has(ppid)).flatMap((process) => [process, ...below(process.pid, 1)]);
}

/** Compares by a field of Process, with ` desc` for the greatest first. */
export function byField(orderBy: string): (a: Process, b: Process) => number {
  const [field = "cpu_utilization_ratio", direction] = orderBy.split(" ");
  const sign = direction === "desc" ? -1 : 1;
  return (a, b) => sign * compare(fieldOf(a, field), fieldOf(b, field)) || a.pid - b.pid;
}

function compare(a: number | string | bigint, b: number | string | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The field of this name as the contract writes it. */
function fieldOf(process: Process, field: string): number | string | bigint {
  const name = field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const value: unknown = Reflect.get(process, name);
  return typeof value === "number" || typeof value === "string" || typeof value === "bigint" ? value : 0;
}
