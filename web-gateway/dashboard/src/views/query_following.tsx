// Says how the results go on: by values as they come, or by asking again.
import type { JSX } from "preact";
import { durationText } from "../lib/time_range.ts";
import { connection } from "../state/live.ts";
import { queryState } from "../state/query.ts";
import type { Following } from "../state/query_state.ts";
import { view } from "../state/view.ts";

export function QueryFollowing(): JSX.Element | null {
  const following = queryState.value?.following;
  if (following === undefined || following.kind === "none") return null;
  const { state, text } = shownAs(following, queryState.value?.stepSeconds ?? 0);
  return (
    <span class="following" data-testid="query-following" data-state={state}>
      <span class="dot" aria-hidden="true" />
      <span role="status">
        <span class="visually-hidden">Result: </span>
        {text}
      </span>
    </span>
  );
}

function shownAs(
  following: Exclude<Following, { readonly kind: "none" }>,
  stepSeconds: number,
): { readonly state: string; readonly text: string } {
  const isLost = connection.value.kind === "down" || connection.value.kind === "reconnecting";
  if (isLost) return { state: "lost", text: "No connection: the newest values are missing" };
  switch (following.kind) {
    case "opening":
      return { state: "opening", text: "Waiting for the next values" };
    case "live":
      // Tables move on each second, whatever the step.
      return {
        state: "live",
        text: stepSeconds <= 1 || view.value.table ? "Live" : `Live, every ${durationText(stepSeconds)}`,
      };
    case "asking": {
      const text = `Asked again every ${durationText(following.everyMs / 1000)}`;
      return { state: "asking", text: following.reason === "" ? text : `${text}: ${following.reason}` };
    }
  }
}
