// What there is to ask for, for the editor: listed by the service as it is needed, and remembered for a moment.
import { createListingClient, listLabels, listLabelValues, listMetrics } from "../api/listing.ts";
import type { CompletionSource } from "../lib/completion.ts";
import { remembering } from "../lib/short_memory.ts";

const keepMs = 30_000;
/** Series that ended before are not offered. */
const offeredSeconds = 7 * 86_400;

export function createCompletion(baseUrl: string): CompletionSource {
  const client = createListingClient(baseUrl);
  const since = (): number => Date.now() / 1000 - offeredSeconds;
  const values = remembering(
    (label = "", selector = "") => listLabelValues(client, label, selector, since()),
    [],
    keepMs,
  );
  const meanings = remembering(
    async () => new Map((await listMetrics(client)).map(({ name, type, help }) => [name, { type, help }] as const)),
    new Map(),
    keepMs,
  );
  return {
    metricNames: () => values("__name__", ""),
    metricMeanings: () => meanings(),
    labelNames: remembering((selector = "") => listLabels(client, selector, since()), [], keepMs),
    labelValues: values,
  };
}
