// The connection to the service: the only place that knows the rpc library.
import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { LiveService } from "./gen/syspulse/v1/live_service_pb.js";

export type LiveClient = Client<typeof LiveService>;

/** A client that talks gRPC-Web, binary, to `baseUrl`. */
export function createLiveClient(baseUrl: string): LiveClient {
  return createClient(LiveService, createGrpcWebTransport({ baseUrl, useBinaryFormat: true }));
}

/** Why a call ended, as a sentence, and whether calling again may help. */
export class CallError extends Error {
  readonly refused: boolean;
  /** Whether less would have been granted. */
  readonly tooMuch: boolean;

  constructor(message: string, refused: boolean, tooMuch = false) {
    super(message);
    this.name = "CallError";
    this.refused = refused;
    this.tooMuch = tooMuch;
  }
}

const refusals: readonly Code[] = [
  Code.InvalidArgument,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.Unimplemented,
  Code.FailedPrecondition,
];

/** Turns whatever a call threw into a CallError. */
export function toCallError(thrown: unknown): CallError {
  const error = ConnectError.from(thrown);
  // What fetch throws when there is nobody: each browser has words of its own for it, none of which help.
  if (error.cause instanceof TypeError) return new CallError("the gateway does not answer", false);
  return new CallError(error.rawMessage, refusals.includes(error.code), error.code === Code.ResourceExhausted);
}
