// Chooses the time that the charts show, and says which it is.
import type { JSX } from "preact";
import { formatDateTime, formatTimeOfDay, formatWindow } from "../lib/format_time.ts";
import { lastOf, type TimeWindow, usualRanges } from "../lib/time_range.ts";
import { rangeMinutes } from "../lib/url_state.ts";
import { cursorSeconds } from "../state/cursor.ts";
import { chooseLive, chooseRange, shift, showsLive, zoomIn, zoomOut } from "../state/range.ts";
import { view } from "../state/view.ts";
import { CustomRange } from "./custom_range.tsx";
import { EarlierIcon, LaterIcon, ZoomInIcon, ZoomOutIcon } from "./icons.tsx";
import { Segments } from "./segments.tsx";

export interface RangeBarProps {
  readonly title: string;
  /** What is on screen. */
  readonly window: TimeWindow | undefined;
}

export function RangeBar({ title, window }: RangeBarProps): JSX.Element {
  return (
    <div class="section-title range-bar">
      <h2>{title}</h2>
      <span class="muted cursor-time" data-testid="range-text">
        {rangeText(window)}
      </span>
      <div class="range-tools">
        <LiveChoice />
        <PastChoice />
        <CustomRange />
        <MoveButtons />
      </div>
    </div>
  );
}

/** The time below the cursor, or the whole range where it is not just what the buttons say. */
function rangeText(window: TimeWindow | undefined): string {
  const seconds = cursorSeconds.value;
  if (seconds !== undefined) return showsLive.value ? formatTimeOfDay(seconds) : formatDateTime(seconds * 1000);
  if (showsLive.value || window === undefined) return "";
  return formatWindow(window.fromSeconds, window.toSeconds);
}

function LiveChoice(): JSX.Element {
  return (
    <Segments
      label="Live, the last"
      testid="range-live"
      choices={rangeMinutes.map((minutes) => ({ value: String(minutes), text: `${minutes} min`, title: "Live" }))}
      chosen={showsLive.value ? String(view.value.liveMinutes) : ""}
      onChoose={(value) => chooseLive(Number(value))}
    />
  );
}

function PastChoice(): JSX.Element {
  const { from, to } = view.value.range;
  const chosen = to === "now" ? from.replace(/^now-/, "") : "";
  return (
    <Segments
      label="Past, the last"
      testid="range-past"
      choices={usualRanges.map((range) => ({ value: range, text: range.replace(/(\d+)/, "$1 ") }))}
      chosen={showsLive.value ? "" : chosen}
      onChoose={(value) => chooseRange(lastOf(value))}
    />
  );
}

function MoveButtons(): JSX.Element {
  return (
    <div class="move-buttons" role="group" aria-label="Move in time">
      <MoveButton label="Earlier" onClick={() => shift(-1)} icon={<EarlierIcon />} />
      <MoveButton label="Zoom in" onClick={zoomIn} icon={<ZoomInIcon />} />
      <MoveButton label="Zoom out" onClick={zoomOut} icon={<ZoomOutIcon />} />
      <MoveButton label="Later" onClick={() => shift(1)} icon={<LaterIcon />} disabled={showsLive.value} />
    </div>
  );
}

interface MoveButtonProps {
  readonly label: string;
  readonly icon: JSX.Element;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function MoveButton({ label, icon, disabled = false, onClick }: MoveButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="button button-small"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      {icon}
    </button>
  );
}
