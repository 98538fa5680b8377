// What there is to ask for: names of metrics and labels, their values, and what metrics mean.
import { type Client, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { MetricType } from "./gen/syspulse/v1/metric_pb.js";
import { MetricsService } from "./gen/syspulse/v1/metrics_service_pb.js";
import { QueryService } from "./gen/syspulse/v1/query_service_pb.js";
import { called, timestamp } from "./query.ts";

export interface ListingClient {
  readonly query: Client<typeof QueryService>;
  readonly metrics: Client<typeof MetricsService>;
}

export interface MetricInfo {
  readonly name: string;
  /** `counter` or `gauge`; empty where the kernel does not say. */
  readonly type: string;
  readonly help: string;
}

/** More names than this help nobody who types. */
const pageSize = 10_000;

export function createListingClient(baseUrl: string): ListingClient {
  const transport = createGrpcWebTransport({ baseUrl, useBinaryFormat: true });
  return { query: createClient(QueryService, transport), metrics: createClient(MetricsService, transport) };
}

/** Names of the labels of the series that a selector means, or of all; those that ended before are left out. */
export async function listLabels(client: ListingClient, selector: string, sinceSeconds: number): Promise<string[]> {
  const request = { selectors: selector === "" ? [] : [selector], startTime: timestamp(sinceSeconds), pageSize };
  return (await called(client.query.listLabels(request))).labels;
}

/** Values of a label; those of `__name__` are the names of metrics. */
export async function listLabelValues(
  client: ListingClient,
  label: string,
  selector: string,
  sinceSeconds: number,
): Promise<string[]> {
  const selectors = selector === "" ? [] : [selector];
  const request = { label, selectors, startTime: timestamp(sinceSeconds), pageSize };
  return (await called(client.query.listLabelValues(request))).values;
}

/** What the metrics of all hosts are. */
export async function listMetrics(client: ListingClient): Promise<MetricInfo[]> {
  const { metrics } = await called(client.metrics.listMetrics({ pageSize }));
  return metrics.map(({ family }) => ({
    name: family?.name ?? "",
    type: typeText(family?.type),
    help: family?.help ?? "",
  }));
}

function typeText(type: MetricType | undefined): string {
  switch (type) {
    case MetricType.COUNTER:
      return "counter";
    case MetricType.GAUGE:
      return "gauge";
    default:
      return "";
  }
}
