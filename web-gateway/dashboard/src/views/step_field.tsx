// The time between the points of a graph: chosen by the page, or typed.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { durationText, parseDuration } from "../lib/time_range.ts";
import { queryState } from "../state/query.ts";
import { updateView, view } from "../state/view.ts";

export function StepField(): JSX.Element {
  const [problem, setProblem] = useState("");
  const { step } = view.value;
  const automatic = queryState.value === undefined ? "auto" : `auto (${durationText(queryState.value.stepSeconds)})`;
  const onChange = (text: string): void => {
    const trimmed = text.trim();
    const seconds = trimmed === "" ? 0 : /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : parseDuration(trimmed);
    const wrong = seconds === undefined || (trimmed !== "" && seconds <= 0);
    setProblem(wrong ? `“${trimmed}” is no step: write 15s, 5m, or nothing.` : "");
    if (!wrong) updateView({ step: seconds });
  };
  return (
    <label class="step-field">
      <span class="muted">Step</span>
      <input
        class="input input-small"
        key={step}
        defaultValue={step > 0 ? durationText(step) : ""}
        placeholder={automatic}
        spellcheck={false}
        autocomplete="off"
        data-testid="query-step"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {problem !== "" && (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
    </label>
  );
}
