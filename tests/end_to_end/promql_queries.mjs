// Queries by chance, and series to ask them of: the same seed gives the same ones.

/** Numbers in [0, 1) from a seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const MATH = "abs ceil floor sqrt exp ln log2 log10 sgn deg rad sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh".split(" ");
const CALENDAR = "minute hour day_of_week day_of_month day_of_year days_in_month month year".split(" ");
const OVER_TIME = "avg min max sum count last present stddev stdvar".split(" ").map((name) => `${name}_over_time`);
const OF_RANGES = [..."rate increase delta idelta irate deriv changes resets".split(" "), ...OVER_TIME];
const AGGREGATIONS = "sum avg min max count group stddev stdvar".split(" ");
const ARITHMETIC = "+ - * / % ^ atan2".split(" ");
const COMPARISONS = "== != > < >= <=".split(" ");
const DURATIONS = "15s 1m 90s 3m 5m".split(" ");
const LABELS = "job instance cpu mode device le".split(" ");

/** Makes expressions over metrics, each `{ name, labels: { label: [values] } }`. */
export class QueryMaker {
  constructor(seed, metrics, { start, end }) {
    this.next = random(seed);
    this.metrics = metrics;
    this.distinct = ["memory_bytes", "temperature"].filter((name) => metrics.some((metric) => metric.name === name));
    // Of a real host some are equal, but only at zero.
    this.ties = this.distinct.length === 0;
    if (this.ties) this.distinct = ["node_network_receive_bytes_total", "node_disk_io_time_seconds_total"];
    this.start = start; // seconds since 1970 between which `@` points
    this.end = end;
  }

  chance(share) {
    return this.next() < share;
  }

  pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }

  number() {
    return this.pick(["0", "1", "2", "-1", "0.5", "3.7", "100", "1e3", "NaN", "Inf", "-Inf"]);
  }

  labels(most = 2) {
    const count = Math.floor(this.next() * (most + 1));
    return [...new Set(Array.from({ length: count }, () => this.pick(LABELS)))].join(", ");
  }

  matchers(metric) {
    const names = Object.keys(metric.labels);
    if (names.length === 0 || this.chance(0.5)) return "";
    const label = this.pick(names);
    const value = this.pick(metric.labels[label]);
    return this.pick([`{${label}="${value}"}`, `{${label}!="${value}"}`, `{${label}=~"${value}|x"}`, `{${label}!~"${value.slice(0, 1)}.*"}`]);
  }

  shift() {
    const at = this.chance(0.08) ? ` @ ${this.pick([Math.round(this.start + this.next() * (this.end - this.start)), "start()", "end()"])}` : "";
    const offset = this.chance(0.12) ? ` offset ${this.pick(["", "-"])}${this.pick(DURATIONS)}` : "";
    return at + offset;
  }

  series() {
    if (this.chance(0.03)) return `{__name__=~"${this.pick(this.metrics).name}|${this.pick(this.metrics).name}"}`;
    const metric = this.pick(this.metrics);
    return metric.name + this.matchers(metric);
  }

  range(depth) {
    if (depth > 0 && this.chance(0.25)) {
      const inner = this.vector(depth - 1);
      // Where a subquery begins when the query does, Prometheus 2.42 counts its offset twice for an `@` in there.
      const shift = inner.includes(" @ ") ? this.shift().replace(/ offset -.*/, "") : this.shift();
      return `(${inner})[${this.pick(DURATIONS)}:${this.pick(["", "10s", "17s", "30s", "1m"])}]${shift}`;
    }
    return `${this.series()}[${this.pick(DURATIONS)}]${this.shift()}`;
  }

  scalar(depth) {
    if (depth <= 0 || this.chance(0.6)) return this.pick([this.number(), this.number(), "time()", "pi()"]);
    if (this.chance(0.4)) return `scalar(${this.vector(depth - 1)})`;
    return `(${this.scalar(depth - 1)} ${this.pick(ARITHMETIC)} ${this.scalar(depth - 1)})`;
  }

  grouping() {
    return this.chance(0.3) ? "" : ` ${this.pick(["by", "without"])} (${this.labels()})`;
  }

  aggregation(depth) {
    const operand = this.vector(depth - 1);
    const kind = this.next();
    if (kind < 0.7) return `${this.pick(AGGREGATIONS)}${this.grouping()} (${operand})`;
    if (kind < 0.8) return `quantile${this.grouping()} (${this.pick(["0", "0.5", "0.9", "1", "-1", "2", this.scalar(1)])}, ${operand})`;
    // Of rows that are equal either may be among the first: these are not.
    const values = `${this.pick(this.distinct)}${this.chance(0.5) ? "" : " * 2"}${this.shift()}`;
    const distinct = this.ties ? `(${values}) > 0` : values;
    if (kind < 0.9) return `${this.pick(["topk", "bottomk"])}${this.grouping()} (${this.pick(["1", "2", "5", "0", "NaN", "1e30"])}, ${distinct})`;
    return `count_values${this.grouping()} ("${this.pick(["v", "job", "le"])}", round(${this.series()}))`;
  }

  matching() {
    const clause = this.chance(0.4) ? "" : `${this.pick(["on", "ignoring"])} (${this.labels()})`;
    if (clause === "" || this.chance(0.6)) return clause;
    return `${clause} ${this.pick(["group_left", "group_right"])} (${this.labels(1)})`;
  }

  binary(depth) {
    const left = this.vector(depth - 1);
    const kind = this.next();
    const compares = this.chance(0.3);
    const operator = compares ? this.pick(COMPARISONS) + (this.chance(0.4) ? " bool" : "") : this.pick(ARITHMETIC);
    if (kind < 0.3) return `(${left}) ${operator} ${this.scalar(depth - 1)}`;
    if (kind < 0.45) return `${this.scalar(depth - 1)} ${operator} (${left})`;
    const right = this.chance(0.5) ? left : this.vector(depth - 1);
    if (kind < 0.7) return `(${left}) ${operator} ${this.matching()} (${right})`;
    const set = this.pick(["and", "or", "unless"]);
    return `(${left}) ${set} ${this.chance(0.5) ? "" : `${this.pick(["on", "ignoring"])} (${this.labels()})`} (${right})`;
  }

  call(depth) {
    const operand = () => this.vector(depth - 1);
    return this.pick([
      () => `${this.pick(MATH)}(${operand()})`,
      () => `${this.pick(CALENDAR)}(${this.chance(0.2) ? "" : operand()})`,
      () => `${this.pick(OF_RANGES)}(${this.range(depth)})`,
      () => `${this.pick(OF_RANGES)}(${this.range(depth)})`,
      () => `quantile_over_time(${this.pick(["0", "0.5", "0.99", "2"])}, ${this.range(depth)})`,
      // Prometheus 2.42 loses steps of predict_linear() over a range with `@`.
      () => `predict_linear(${this.range(depth).replace(/ @ (\d+|start\(\)|end\(\))/g, "")}, ${this.pick(["60", "-10", "3600"])})`,
      () => `holt_winters(${this.range(depth)}, ${this.pick(["0.1", "0.5"])}, ${this.pick(["0.3", "0.9"])})`,
      () => `round(${operand()}${this.chance(0.5) ? "" : `, ${this.scalar(0)}`})`,
      () => `clamp(${operand()}, ${this.scalar(0)}, ${this.scalar(0)})`,
      () => `${this.pick(["clamp_min", "clamp_max"])}(${operand()}, ${this.scalar(depth - 1)})`,
      // Prometheus reads where the offset says, but looks where the `@` does: as far apart as this it finds nothing.
      () => `timestamp(${operand().replace(/( @ \S+) offset 5m/g, "$1")})`,
      () => `vector(${this.scalar(depth - 1)})`,
      () => `${this.pick(["sort", "sort_desc"])}(${operand()})`,
      () => `absent(${operand()})`,
      () => `absent_over_time(${this.range(depth)})`,
      () => `label_replace(${operand()}, "${this.pick([...LABELS, "new", "__name__"])}", "${this.pick(["$1", "x-$1", "${1}y", "$0", ""])}", "${this.pick(LABELS)}", "${this.pick(["(.*)", "(.).*", "x", ""])}")`,
      () => `label_join(${operand()}, "${this.pick([...LABELS, "new"])}", "${this.pick(["-", ""])}", "${this.pick(LABELS)}", "${this.pick(LABELS)}")`,
      () => `histogram_quantile(${this.pick(["0.5", "0.99", "0", "1", "-1"])}, ${this.chance(0.6) ? `rate(latency_bucket${this.pick(["", '{job="a"}'])}[${this.pick(DURATIONS)}])` : operand()})`,
    ])();
  }

  vector(depth) {
    if (depth <= 0) return this.series() + this.shift();
    const kind = this.next();
    if (kind < 0.15) return this.series() + this.shift();
    if (kind < 0.5) return this.call(depth);
    if (kind < 0.72) return this.aggregation(depth);
    if (kind < 0.95) return this.binary(depth);
    return `-(${this.vector(depth - 1)})`;
  }

  /** An expression of any type that a query may have. */
  expression() {
    if (this.chance(0.03)) return this.scalar(3);
    return this.vector(1 + Math.floor(this.next() * 3));
  }
}

/** Series as other people's are: counters that start again, gauges, histograms, gaps, no numbers, and names that share labels. */
export function makeSeries(seed, { start, count, step }) {
  const next = random(seed);
  const lines = [];
  const metrics = new Map();
  const add = (name, labels, value, gap) => {
    const known = metrics.get(name) ?? { name, labels: {} };
    metrics.set(name, known);
    for (const [label, text] of Object.entries(labels)) {
      known.labels[label] = [...new Set([...(known.labels[label] ?? []), text])];
    }
    const text = Object.entries(labels).map(([label, content]) => `${label}="${content}"`).join(",");
    for (let i = 0; i < count; ++i) {
      const number = value(i);
      if (!gap(i)) lines.push(`${name}{${text}} ${String(number).replace("Infinity", "Inf")} ${start + i * step}`);
    }
  };
  const whole = () => false;
  const holes = () => {
    const [from, long] = [next() * count, next() * count * 0.4];
    return (i) => (i > from && i < from + long) || next() < 0.02;
  };
  const counter = (speed) => {
    let total = Math.floor(next() * 1000);
    return () => (total = next() < 0.01 ? 0 : total + Math.floor(next() * speed));
  };
  const gauge = (size) => {
    let now = next() * size;
    return () => (now += (next() - 0.5) * size * 0.1);
  };
  for (const job of ["a", "b"]) {
    for (const instance of ["1", "2", "3"]) {
      const own = { job, instance };
      for (const cpu of ["0", "1"]) {
        for (const mode of ["user", "idle"]) add("cpu_seconds_total", { ...own, cpu, mode }, counter(10), instance === "3" ? holes() : whole);
      }
      for (const device of ["sda", "sdb"]) add("io_bytes_total", { ...own, device }, counter(1e6), holes());
      add("memory_bytes", own, gauge(1e9), whole);
      add("temperature", own, gauge(40), holes());
      add("up", own, () => (next() < 0.1 ? 0 : 1), whole);
      if (instance === "1") add("odd", own, () => [NaN, Infinity, -Infinity, 0, -0, 1e300, -1e-300][Math.floor(next() * 7)], whole);
      const buckets = [0.1, 0.5, 1, 5, Infinity].map(() => 0);
      const bounds = ["0.1", "0.5", "1", "5", "+Inf"];
      const rows = Array.from({ length: count }, () => {
        const first = Math.floor(next() * bounds.length);
        for (let b = first; b < bounds.length; ++b) buckets[b] += 1 + Math.floor(next() * 0.9);
        return [...buckets];
      });
      bounds.forEach((le, b) => add("latency_bucket", { ...own, le }, (i) => rows[i][b], whole));
    }
  }
  add("lonely", {}, gauge(5), whole);
  return { lines, metrics: [...metrics.values()], start, end: start + count * step };
}

/** The same of lines `name{label="value"} value seconds`. */
export function readSeries(text) {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const metrics = new Map();
  let [start, end] = [Number.POSITIVE_INFINITY, 0];
  for (const line of lines) {
    const [, name, labels = "", seconds] = /^([^{ ]+)(?:\{(.*)\})? \S+ (\S+)$/.exec(line);
    const known = metrics.get(name) ?? { name, labels: {} };
    metrics.set(name, known);
    for (const [, label, value] of labels.matchAll(/(\w+)="([^"\\]*)"/g)) {
      known.labels[label] ??= [];
      if (!known.labels[label].includes(value)) known.labels[label].push(value);
    }
    start = Math.min(start, Math.floor(Number(seconds)));
    end = Math.max(end, Math.ceil(Number(seconds)));
  }
  return { lines, metrics: [...metrics.values()], start, end };
}
