// What questions in PromQL and their answers are to the page: plain numbers and words.

export type Labels = Readonly<Record<string, string>>;

export interface RangeQuestion {
  readonly expression: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly stepSeconds: number;
}

/** What a query cost. */
export interface QueryCost {
  readonly seriesCount: number;
  readonly sampleCount: number;
  /** How long the service evaluated. */
  readonly evaluationMs: number;
}

export interface GridSeries {
  readonly labels: Labels;
  /** One value for each step; NaN where there is none. */
  readonly values: Float64Array;
}

/** Values of series at moments that follow each other by one step. */
export interface GridValues {
  readonly startSeconds: number;
  readonly stepSeconds: number;
  readonly stepCount: number;
  readonly series: readonly GridSeries[];
  /** What is or may be wrong with the query, in sentences. */
  readonly notes: readonly string[];
}

export interface RangeAnswer extends GridValues {
  readonly cost: QueryCost;
}

/** An expression whose values the service is to send as time goes on. */
export interface WatchedExpression {
  readonly expression: string;
  readonly stepSeconds: number;
  /** How much of the past comes first. */
  readonly historySeconds: number;
}

export interface VectorRow {
  readonly labels: Labels;
  readonly value: number;
}

export interface MatrixRow {
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export type InstantValue =
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "vector"; readonly rows: readonly VectorRow[] }
  | { readonly kind: "matrix"; readonly rows: readonly MatrixRow[] };

export interface InstantAnswer {
  readonly timeSeconds: number;
  readonly value: InstantValue;
  readonly notes: readonly string[];
  readonly cost: QueryCost;
}
