// Lets the PromQL extension of the editor ask our service instead of a Prometheus.
import type { PrometheusClient } from "@prometheus-io/codemirror-promql";
import { EqlRegex, Neq, NeqRegex } from "@prometheus-io/lezer-promql";
import type { CompletionSource } from "../lib/completion.ts";

/** As the extension has them: `type` is the kind of operator in its grammar. */
interface Matcher {
  readonly type: number;
  readonly name: string;
  readonly value: string;
}

export function promqlClient(source: CompletionSource): PrometheusClient {
  return {
    metricNames: async () => [...(await source.metricNames())],
    metricMetadata: async () =>
      Object.fromEntries([...(await source.metricMeanings())].map(([name, meaning]) => [name, [meaning]])),
    labelNames: async (metric = "") => (await source.labelNames(metric)).filter((name) => name !== "__name__"),
    labelValues: async (label, metric = "", matchers = []) => [
      ...(await source.labelValues(label, selectorOf(label, metric, matchers))),
    ],
    // Asked for by nothing that is switched on.
    series: () => Promise.resolve([]),
    flags: () => Promise.resolve({}),
  };
}

/** The series whose values to offer: what is typed already, but for the label whose value is being typed. */
export function selectorOf(label: string, metric: string, matchers: readonly Matcher[]): string {
  const others = matchers.filter(({ name, value }) => name !== label && name !== "" && value !== "");
  if (others.length === 0) return metric;
  return `${metric}{${others.map((one) => `${one.name}${operatorOf(one.type)}${JSON.stringify(one.value)}`).join(",")}}`;
}

function operatorOf(type: number): string {
  switch (type) {
    case EqlRegex:
      return "=~";
    case NeqRegex:
      return "!~";
    case Neq:
      return "!=";
    default:
      return "=";
  }
}
