// The URL is the view: what a colleague sees who opens the same link.
import { decodeFleet, defaultFleetView, encodeFleet, type FleetView } from "./fleet_view.ts";
import { canonicalMoment, liveRange, resolveRange, type TimeRange } from "./time_range.ts";

export const processOrders = [
  "cpu_utilization_ratio",
  "resident_bytes",
  "thread_count",
  "read_bytes_per_second",
  "write_bytes_per_second",
  "pid",
  "user",
  "command",
  "unit",
] as const;
/** A field of Process that the service orders by. */
export type ProcessOrder = (typeof processOrders)[number];

export const processLimits = [15, 50, 200] as const;
export const rangeMinutes = [2, 5, 20] as const;
export const pages = ["host", "fleet", "query"] as const;
export type Page = (typeof pages)[number];

export interface ViewState extends FleetView {
  readonly page: Page;
  /** Host id; empty for the first host there is. */
  readonly host: string;
  readonly order: ProcessOrder;
  readonly descending: boolean;
  readonly filter: string;
  readonly limit: number;
  /** Each process below its parent. */
  readonly tree: boolean;
  readonly perCore: boolean;
  /** How many minutes live charts show. */
  readonly liveMinutes: number;
  /** The past that the charts show instead. */
  readonly range: TimeRange;
  /** Series that the charts leave out, sorted. */
  readonly hidden: readonly string[];
  /** Of the query page: in PromQL. */
  readonly expressions: readonly string[];
  readonly table: boolean;
  /** Seconds between the points of a graph; 0 = as fine as the screen shows. */
  readonly step: number;
}

export const defaultView: ViewState = {
  page: "host",
  host: "",
  order: "cpu_utilization_ratio",
  descending: true,
  filter: "",
  limit: 15,
  tree: false,
  perCore: false,
  liveMinutes: 20,
  range: liveRange,
  hidden: [],
  expressions: [],
  table: false,
  step: 0,
  ...defaultFleetView,
};

const greatestFilterBytes = 256;
export const greatestExpressions = 8;

/** Reads the query part of a URL. What is missing or makes no sense takes its default. */
export function decodeView(search: string): ViewState {
  const params = new URLSearchParams(search);
  const sort = params.get("sort") ?? "";
  const order = processOrders.find((known) => known === sort.replace(/^-/, ""));
  return {
    page: pages.find((known) => known === params.get("page")) ?? defaultView.page,
    host: params.get("host") ?? "",
    order: order ?? defaultView.order,
    descending: order === undefined ? defaultView.descending : sort.startsWith("-"),
    filter: cutFilter(params.get("filter") ?? ""),
    limit: oneOf(processLimits, params.get("limit"), defaultView.limit),
    tree: params.get("tree") === "1",
    perCore: params.get("cores") === "1",
    liveMinutes: oneOf(rangeMinutes, params.get("minutes"), defaultView.liveMinutes),
    range: decodeRange(params),
    hidden: [...new Set(params.getAll("hide"))].filter((name) => name !== "").sort(),
    expressions: params
      .getAll("expr")
      .filter((text) => text.trim() !== "")
      .slice(0, greatestExpressions),
    table: params.get("tab") === "table",
    step: decodeStep(params.get("step")),
    ...decodeFleet(params),
  };
}

/** Writes the query part of a URL, with its `?`; empty for the default view. */
export function encodeView(view: ViewState): string {
  const params = new URLSearchParams();
  if (view.page !== defaultView.page) params.set("page", view.page);
  if (view.host !== "") params.set("host", view.host);
  if (view.order !== defaultView.order || view.descending !== defaultView.descending) {
    params.set("sort", `${view.descending ? "-" : ""}${view.order}`);
  }
  if (view.filter !== "") params.set("filter", view.filter);
  if (view.limit !== defaultView.limit) params.set("limit", String(view.limit));
  if (view.tree) params.set("tree", "1");
  if (view.perCore) params.set("cores", "1");
  if (view.liveMinutes !== defaultView.liveMinutes) params.set("minutes", String(view.liveMinutes));
  encodeRange(view.range, params);
  for (const name of view.hidden) params.append("hide", name);
  for (const expression of view.expressions) params.append("expr", expression);
  if (view.table) params.set("tab", "table");
  if (view.step > 0) params.set("step", String(view.step));
  encodeFleet(view, params);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** Live, unless both ends are there and make sense. */
function decodeRange(params: URLSearchParams): TimeRange {
  const now = Date.now() / 1000;
  const [from, to] = ["from", "to"].map((name) => canonicalMoment(params.get(name) ?? "", now));
  const range = { from: from ?? "", to: to ?? "" };
  return resolveRange(range, now) === undefined ? liveRange : range;
}

function encodeRange({ from, to }: TimeRange, params: URLSearchParams): void {
  if (from !== "") params.set("from", from);
  if (to !== "") params.set("to", to);
}

function decodeStep(text: string | null): number {
  const step = Number(text ?? "0");
  return Number.isFinite(step) && step > 0 ? step : 0;
}

/** Cuts a filter to what the service takes: 256 bytes of UTF-8, whole characters. */
export function cutFilter(filter: string): string {
  const bytes = new TextEncoder().encode(filter);
  if (bytes.length <= greatestFilterBytes) return filter;
  return new TextDecoder().decode(bytes.subarray(0, greatestFilterBytes)).replace(/\ufffd+$/, "");
}

/** Adds a series to the hidden ones, or takes it out. */
export function toggleHidden(hidden: readonly string[], name: string): readonly string[] {
  return hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name].sort();
}

function oneOf(choices: readonly number[], text: string | null, otherwise: number): number {
  return choices.find((choice) => String(choice) === text) ?? otherwise;
}
