// What time it is to the service: ranges up to now end then, whatever the browser's clock says.
import { type QueryClient, queryInstant } from "../api/query.ts";
import { clockOffset } from "../lib/clock_offset.ts";

let aheadSeconds = 0;

/** Now, by the service's clock as far as that is known, in seconds since 1970. */
export function serviceNowSeconds(): number {
  return browserNowSeconds() + aheadSeconds;
}

/** Asks the service what time it is; returns whether `serviceNowSeconds` was wrong until then. Never throws. */
export async function checkServiceClock(client: QueryClient, signal: AbortSignal): Promise<boolean> {
  const askedSeconds = browserNowSeconds();
  try {
    const { timeSeconds: saidSeconds } = await queryInstant(client, "time()", undefined, signal);
    const known = aheadSeconds;
    aheadSeconds = clockOffset(known, { askedSeconds, saidSeconds, answeredSeconds: browserNowSeconds() });
    return aheadSeconds !== known;
  } catch {
    // Whatever else is asked fails as well, and is on screen.
    return false;
  }
}

function browserNowSeconds(): number {
  return Date.now() / 1000;
}
