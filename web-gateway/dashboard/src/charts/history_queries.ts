// The questions that fill the charts of a host from what the service keeps: one for each chart. Pure.
//
// An answer's series carry the label `series`, which says what they are, and `device`, `mode` or `cpu` where there are
// several of a kind.

import type { CpuMode } from "../lib/model.ts";
import type { Labels, RangeAnswer } from "../lib/query_model.ts";
import { rateWindowSeconds } from "../lib/query_step.ts";
import { seriesNames } from "../lib/snapshot_columns.ts";
import { trimEdges } from "../lib/trim_edges.ts";

export interface HistoryQuery {
  /** The chart's id. */
  readonly chart: string;
  readonly expression: string;
  /** The series' name to the chart; `undefined` for one that no chart shows. */
  readonly nameOf: (labels: Labels) => string | undefined;
  /** How many points beside a gap have a rate whose window reaches into the gap; 0 where there are no rates. */
  readonly partialPoints: number;
}

export interface HistoryScope {
  /** The host, as the label `instance` names it. */
  readonly instance: string;
  readonly stepSeconds: number;
  readonly intervalSeconds: number;
}

type Expression = (metric: string, matchers?: string) => string;
interface Kinds {
  /** The rate of a counter. */
  readonly rate: Expression;
  /** The mean of a gauge over the step, or its value where the step has no more than one. */
  readonly gauge: Expression;
  /** As in HistoryQuery, of rates. */
  readonly partialPoints: number;
}

/** Names of the series by the label `series`, where there is one of a kind. */
type Fixed = Readonly<Record<string, string>>;
/** As Fixed, where there is one for each device. */
type ByDevice = Readonly<Record<string, (device: string) => string>>;

export function historyQueries(scope: HistoryScope, perCore: boolean): readonly HistoryQuery[] {
  const kinds = kindsOf(scope);
  return [
    perCore ? cores(kinds) : modes(kinds),
    memory(kinds),
    network(kinds),
    load(kinds),
    pressure(kinds),
    disk(kinds),
    diskUse(kinds),
  ];
}

/** A text in quotes, as PromQL reads it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** The columns of an answer by the names that the chart knows. What goes out is negative: charts mirror it. */
export function columnsOf(query: HistoryQuery, answer: RangeAnswer): ReadonlyMap<string, Float64Array> {
  const columns = new Map<string, Float64Array>();
  for (const { labels, values } of answer.series) {
    const name = query.nameOf(labels);
    if (name === undefined) continue;
    const whole = query.partialPoints > 0 ? trimEdges(values, query.partialPoints) : values;
    columns.set(name, outward.has(labels["series"] ?? "") ? whole.map((value) => (value === 0 ? 0 : -value)) : whole);
  }
  return columns;
}

const outward: ReadonlySet<string> = new Set(["out", "write"]);

function kindsOf({ instance, stepSeconds, intervalSeconds }: HistoryScope): Kinds {
  const selector = (metric: string, matchers = ""): string =>
    `${metric}{instance=${quoted(instance)}${matchers === "" ? "" : `,${matchers}`}}`;
  const rateSeconds = rateWindowSeconds(stepSeconds, intervalSeconds);
  // Never the plain selector: it repeats the last value for five minutes, and a gap would be none.
  const fine = stepSeconds <= 2 * intervalSeconds;
  const gaugeWindow = `[${Math.ceil(fine ? 3 * intervalSeconds : stepSeconds)}s]`;
  return {
    rate: (metric, matchers) => `rate(${selector(metric, matchers)}[${rateSeconds}s])`,
    gauge: (metric, matchers) =>
      `${fine ? "last_over_time" : "avg_over_time"}(${selector(metric, matchers)}${gaugeWindow})`,
    // A sample more than the step is no more than rounding: the window of the next point is whole.
    partialPoints: Math.ceil((rateSeconds - intervalSeconds) / stepSeconds),
  };
}

/** Several expressions as one, told apart by the label `series`. */
function union(parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts)
    .map(([name, expression]) => `label_replace(${expression}, "series", "${name}", "", "")`)
    .join(" or ");
}

function fixed(chart: string, expression: string, names: Fixed, partialPoints: number): HistoryQuery {
  return { chart, expression, partialPoints, nameOf: ({ series = "" }) => names[series] };
}

function byDevice(chart: string, expression: string, names: ByDevice, partialPoints: number): HistoryQuery {
  return { chart, expression, partialPoints, nameOf: ({ series = "", device = "" }) => names[series]?.(device) };
}

function modes({ rate, partialPoints }: Kinds): HistoryQuery {
  return {
    chart: "cpu",
    partialPoints,
    expression: `avg by (mode) (${rate("node_cpu_seconds_total", 'mode!="idle"')})`,
    nameOf: ({ mode }) => (mode === undefined ? undefined : seriesNames.cpuMode(mode as CpuMode)),
  };
}

function cores({ rate, partialPoints }: Kinds): HistoryQuery {
  return {
    chart: "cpu",
    partialPoints,
    expression: `sum by (cpu) (${rate("node_cpu_seconds_total", 'mode!~"idle|iowait"')})`,
    nameOf: ({ cpu }) => (cpu === undefined ? undefined : seriesNames.core(Number(cpu))),
  };
}

function memory({ gauge }: Kinds): HistoryQuery {
  const available = gauge("node_memory_MemAvailable_bytes");
  const free = gauge("node_memory_MemFree_bytes");
  const parts = {
    used: `${gauge("node_memory_MemTotal_bytes")} - ${available}`,
    cache: `clamp_min(${available} - ${free}, 0)`,
    free: `${free} < ${available} or ${available}`,
  };
  return fixed(
    "memory",
    union(parts),
    {
      used: seriesNames.memoryUsed,
      cache: seriesNames.memoryCache,
      free: seriesNames.memoryFree,
    },
    0,
  );
}

function load({ gauge, rate }: Kinds): HistoryQuery {
  const parts = {
    cores: `count(${rate("node_cpu_seconds_total", 'mode="idle"')})`,
    one: gauge("node_load1"),
    five: gauge("node_load5"),
    fifteen: gauge("node_load15"),
  };
  return fixed(
    "load",
    union(parts),
    {
      cores: seriesNames.coreCount,
      one: seriesNames.loadOne,
      five: seriesNames.loadFive,
      fifteen: seriesNames.loadFifteen,
    },
    0,
  );
}

function pressure({ rate, partialPoints }: Kinds): HistoryQuery {
  // Rounding makes a stall look a little longer than the time it took.
  const stall = (kind: string): string => `clamp_max(${rate(`node_pressure_${kind}_waiting_seconds_total`)}, 1)`;
  const parts = { cpu: stall("cpu"), memory: stall("memory"), io: stall("io") };
  return fixed(
    "pressure",
    union(parts),
    {
      cpu: seriesNames.pressureCpu,
      memory: seriesNames.pressureMemory,
      io: seriesNames.pressureIo,
    },
    partialPoints,
  );
}

function network({ rate, partialPoints }: Kinds): HistoryQuery {
  const parts = { in: rate("node_network_receive_bytes_total"), out: rate("node_network_transmit_bytes_total") };
  return byDevice("network", union(parts), { in: seriesNames.networkIn, out: seriesNames.networkOut }, partialPoints);
}

function disk({ rate, partialPoints }: Kinds): HistoryQuery {
  const parts = { read: rate("node_disk_read_bytes_total"), write: rate("node_disk_written_bytes_total") };
  return byDevice("disk", union(parts), { read: seriesNames.diskRead, write: seriesNames.diskWrite }, partialPoints);
}

function diskUse({ rate, partialPoints }: Kinds): HistoryQuery {
  const use = `clamp_max(${rate("node_disk_io_time_seconds_total")}, 1)`;
  return byDevice("disk-use", union({ use }), { use: seriesNames.diskUse }, partialPoints);
}
