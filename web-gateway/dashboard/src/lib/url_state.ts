// The URL is the view: what a colleague sees who opens the same link.

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

export interface ViewState {
  /** Host id; empty for the first host there is. */
  readonly host: string;
  readonly order: ProcessOrder;
  readonly descending: boolean;
  readonly filter: string;
  readonly limit: number;
  /** Each process below its parent. */
  readonly tree: boolean;
  readonly perCore: boolean;
  /** How many minutes the charts show. */
  readonly range: number;
  /** Series that the charts leave out, sorted. */
  readonly hidden: readonly string[];
}

export const defaultView: ViewState = {
  host: "",
  order: "cpu_utilization_ratio",
  descending: true,
  filter: "",
  limit: 15,
  tree: false,
  perCore: false,
  range: 20,
  hidden: [],
};

const greatestFilterBytes = 256;

/** Reads the query part of a URL. What is missing or makes no sense takes its default. */
export function decodeView(search: string): ViewState {
  const params = new URLSearchParams(search);
  const sort = params.get("sort") ?? "";
  const order = processOrders.find((known) => known === sort.replace(/^-/, ""));
  return {
    host: params.get("host") ?? "",
    order: order ?? defaultView.order,
    descending: order === undefined ? defaultView.descending : sort.startsWith("-"),
    filter: cutFilter(params.get("filter") ?? ""),
    limit: oneOf(processLimits, params.get("limit"), defaultView.limit),
    tree: params.get("tree") === "1",
    perCore: params.get("cores") === "1",
    range: oneOf(rangeMinutes, params.get("minutes"), defaultView.range),
    hidden: [...new Set(params.getAll("hide"))].filter((name) => name !== "").sort(),
  };
}

/** Writes the query part of a URL, with its `?`; empty for the default view. */
export function encodeView(view: ViewState): string {
  const params = new URLSearchParams();
  if (view.host !== "") params.set("host", view.host);
  if (view.order !== defaultView.order || view.descending !== defaultView.descending) {
    params.set("sort", `${view.descending ? "-" : ""}${view.order}`);
  }
  if (view.filter !== "") params.set("filter", view.filter);
  if (view.limit !== defaultView.limit) params.set("limit", String(view.limit));
  if (view.tree) params.set("tree", "1");
  if (view.perCore) params.set("cores", "1");
  if (view.range !== defaultView.range) params.set("minutes", String(view.range));
  for (const name of view.hidden) params.append("hide", name);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
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
