// QueryService: what was measured, asked in PromQL.
import { type Client, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import type {
  GridValues,
  InstantAnswer,
  InstantValue,
  QueryCost,
  RangeAnswer,
  RangeQuestion,
} from "../lib/query_model.ts";
import { toCallError } from "./client.ts";
import { durationMs, toSeconds } from "./convert.ts";
import {
  type QueryRangeResponse,
  type QueryResponse,
  QueryService,
  type QueryStats,
  type QueryUpdate,
} from "./gen/syspulse/v1/query_service_pb.js";

export type QueryClient = Client<typeof QueryService>;

/** A client that talks gRPC-Web, binary, to `baseUrl`. */
export function createQueryClient(baseUrl: string): QueryClient {
  return createClient(QueryService, createGrpcWebTransport({ baseUrl, useBinaryFormat: true }));
}

/** Longer than the service takes before it gives up by itself. */
const timeoutMs = 130_000;

/** The values of an expression over time. Throws CallError. */
export async function queryRange(
  client: QueryClient,
  question: RangeQuestion,
  signal: AbortSignal,
): Promise<RangeAnswer> {
  const request = {
    query: question.expression,
    startTime: timestamp(question.fromSeconds),
    endTime: timestamp(question.toSeconds),
    step: timestamp(question.stepSeconds),
  };
  const answer = await called(client.queryRange(request, { signal, timeoutMs }));
  return { ...toGrid(answer), cost: toCost(answer.stats) };
}

/** A grid in plain numbers. */
export function toGrid(grid: QueryRangeResponse | QueryUpdate): GridValues {
  return {
    startSeconds: toSeconds(grid.startTime) ?? 0,
    stepSeconds: durationMs(grid.step) / 1000,
    stepCount: Number(grid.stepCount),
    series: grid.series.map(({ labels, values }) => ({ labels, values: Float64Array.from(values) })),
    notes: [...grid.warnings, ...grid.infos],
  };
}

/** The value of an expression at a moment; now, by the service's clock, if there is none. Throws CallError. */
export async function queryInstant(
  client: QueryClient,
  expression: string,
  atSeconds: number | undefined,
  signal: AbortSignal,
): Promise<InstantAnswer> {
  const request = { query: expression, ...(atSeconds === undefined ? {} : { time: timestamp(atSeconds) }) };
  const answer = await called(client.query(request, { signal, timeoutMs }));
  return {
    timeSeconds: toSeconds(answer.time) ?? 0,
    value: toValue(answer.value),
    notes: [...answer.warnings, ...answer.infos],
    cost: toCost(answer.stats),
  };
}

/** Awaits a call; what it throws becomes a CallError. */
export async function called<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (thrown) {
    throw toCallError(thrown);
  }
}

/** To the millisecond: finer times are none to the service. */
export function timestamp(timeSeconds: number): { readonly seconds: bigint; readonly nanos: number } {
  const ms = Math.round(timeSeconds * 1000);
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: (ms - seconds * 1000) * 1_000_000 };
}

function toValue(value: QueryResponse["value"]): InstantValue {
  switch (value.case) {
    case "scalar":
      return { kind: "scalar", value: value.value };
    case "text":
      return { kind: "text", text: value.value };
    case "vector":
      return { kind: "vector", rows: value.value.samples };
    case "matrix":
      return {
        kind: "matrix",
        rows: value.value.series.map(({ labels, timesMs, values }) => ({
          labels,
          timesMs: timesMs.map(Number),
          values,
        })),
      };
    default:
      return { kind: "vector", rows: [] };
  }
}

function toCost(stats: QueryStats | undefined): QueryCost {
  return {
    seriesCount: Number(stats?.seriesCount ?? 0n),
    sampleCount: Number(stats?.sampleCount ?? 0n),
    evaluationMs: durationMs(stats?.evaluationDuration),
  };
}
