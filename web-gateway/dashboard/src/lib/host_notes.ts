// What people should know of a host beyond its values: what is missing, a clock that is off, an agent too many.
import { formatDuration } from "./format_time.ts";
import type { HostInfo } from "./model.ts";

export interface HostNote {
  readonly key: string;
  readonly text: string;
  /** More of it. */
  readonly title: string;
}

/** What is less is nothing that anyone sees in a chart. */
const leastMs = 1000;

export function hostNotes(host: HostInfo): readonly HostNote[] {
  return [gapNote(host), clockNote(host), conflictNote(host)].filter((note) => note !== undefined);
}

/** Returns `env=prod`, one for each label, by key. */
export function labelTexts({ labels }: Pick<HostInfo, "labels">): readonly string[] {
  return Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`);
}

/** Returns whether a host is what someone looks for: by its names or its labels. */
export function matchesSearch(host: HostInfo, search: string): boolean {
  const text = [host.label, host.hostname, host.id, ...labelTexts(host)].join(" ").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function gapNote({ completeness }: HostInfo): HostNote | undefined {
  if (completeness === undefined || completeness.gapMs < leastMs) return undefined;
  const { expected, received, late, duplicate, dropped } = completeness;
  return {
    key: "gap",
    text: `${formatDuration(completeness.gapMs / 1000)} missing`,
    title:
      "Time of the last day without samples of this host. Since the service started: " +
      `${received} of ${expected} samples came, ${late} late, ${duplicate} twice; the agent gave up ${dropped} frames.`,
  };
}

function clockNote({ clockSkewMs }: HostInfo): HostNote | undefined {
  if (clockSkewMs === undefined || Math.abs(clockSkewMs) < leastMs) return undefined;
  return {
    key: "clock",
    text: `clock ${formatDuration(Math.abs(clockSkewMs) / 1000)} ${clockSkewMs > 0 ? "ahead" : "behind"}`,
    title: "The clock of this host differs from the service's. Its samples have the times that it says.",
  };
}

function conflictNote({ conflict }: HostInfo): HostNote | undefined {
  if (conflict === undefined) return undefined;
  const where = conflict.sameBoot ? "the same machine" : conflict.hostname;
  return {
    key: "conflict",
    text: "claimed by two agents",
    title:
      `Another agent, on ${where} at ${conflict.address}, says it is this host and is refused. ` +
      "Give it an id of its own with --host-id, or stop it.",
  };
}
