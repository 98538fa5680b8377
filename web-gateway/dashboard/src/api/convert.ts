// Small conversions from protobuf's types: int64 (bigint) and times to numbers. Nothing behind api/ sees a bigint.
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type { Measured } from "../lib/model.ts";

export function toNumber(value: bigint | undefined): Measured {
  return value === undefined ? undefined : Number(value);
}

export function toMs(time: Timestamp | undefined): Measured {
  return time === undefined ? undefined : Number(time.seconds) * 1000 + time.nanos / 1e6;
}

export function toSeconds(time: Timestamp | undefined): Measured {
  return time === undefined ? undefined : Number(time.seconds) + time.nanos / 1e9;
}

export function durationMs(duration: Duration | undefined): number {
  return duration === undefined ? 0 : Number(duration.seconds) * 1000 + duration.nanos / 1e6;
}
