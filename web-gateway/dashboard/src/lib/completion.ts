// What an editor of expressions asks for while somebody types. Lists are empty where nothing is known: typing goes on.

export interface MetricMeaning {
  /** `counter` or `gauge`; empty where that is not known. */
  readonly type: string;
  readonly help: string;
}

export interface CompletionSource {
  readonly metricNames: () => Promise<readonly string[]>;
  readonly metricMeanings: () => Promise<ReadonlyMap<string, MetricMeaning>>;
  /** Of the series that a selector means; of all if it is empty. */
  readonly labelNames: (selector: string) => Promise<readonly string[]>;
  readonly labelValues: (label: string, selector: string) => Promise<readonly string[]>;
}
