// A host that lived before the test began: frames of long ago, pushed as its agent would have.
import { Feed } from "../end_to_end/feed.mjs";

const GIB = 1024 ** 3;
const CORES = 2;
const DAY = 86_400;
const TURN = (2 * Math.PI) / DAY;

/** How much of its time the host works, by the hour of the day: from 0.1 at night to 0.7 at noon. */
export function busyRatio(seconds) {
  return 0.4 + 0.3 * Math.sin(TURN * (seconds - DAY / 4));
}

/** The integral of busyRatio: what a counter of busy seconds shows. */
function busySeconds(seconds) {
  return 0.4 * seconds - (0.3 / TURN) * Math.cos(TURN * (seconds - DAY / 4));
}

/** What a small host that was started at `start` has measured at a time. */
function samplesAt(seconds, start) {
  const busy = busyRatio(seconds);
  const worked = busySeconds(seconds) - busySeconds(start);
  const samples = [
    ["node_boot_time_seconds", start],
    ["node_load1", busy * CORES],
    ["node_load5", busy * CORES * 0.9],
    ["node_load15", busy * CORES * 0.8],
    ["node_memory_MemTotal_bytes", 8 * GIB],
    ["node_memory_MemFree_bytes", (4 - 3 * busy) * GIB],
    ["node_memory_MemAvailable_bytes", (8 - 6 * busy) * GIB],
    ["node_pressure_cpu_waiting_seconds_total", worked * 0.1],
    ["node_pressure_memory_waiting_seconds_total", 0],
    ["node_pressure_io_waiting_seconds_total", worked * 0.05],
    ['node_network_receive_bytes_total{device="eth0"}', worked * 1e6],
    ['node_network_transmit_bytes_total{device="eth0"}', worked * 4e5],
    ['node_disk_read_bytes_total{device="vda"}', worked * 2e6],
    ['node_disk_written_bytes_total{device="vda"}', worked * 1e6],
    ['node_disk_io_time_seconds_total{device="vda"}', worked * 0.3],
  ];
  const modes = { idle: seconds - start - worked, iowait: 0, system: worked * 0.25, user: worked * 0.75 };
  for (let cpu = 0; cpu < CORES; ++cpu) {
    for (const [mode, spent] of Object.entries(modes)) {
      samples.push([`node_cpu_seconds_total{cpu="${cpu}",mode="${mode}"}`, spent]);
    }
  }
  return samples;
}

/** Pushes the frames of a host at the given times (seconds since 1970, rising); all are on disk when this resolves. */
export async function pushPast(grpc, hostname, times) {
  const feed = new Feed(grpc);
  feed.speakAs(hostname);
  for (const seconds of times) await feed.push(seconds * 1000, samplesAt(seconds, times[0]));
  const code = await feed.finish();
  if (code !== 0) throw new Error(`the feed ended with ${code}: ${feed.log}`);
}
