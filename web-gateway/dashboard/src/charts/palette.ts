// Colours of series, for both themes.

export type ChartTheme = "light" | "dark";

export interface ChartColors {
  readonly series: readonly string[];
  /** For what is not the matter: free memory, limits. */
  readonly neutral: string;
  readonly axis: string;
  readonly grid: string;
  readonly cursor: string;
}

/** A place in the palette. */
export type ColorSlot = number | "neutral";

export const slots = { blue: 0, teal: 1, amber: 2, rose: 3, violet: 4, green: 5, orange: 6, cyan: 7 } as const;
const slotCount = 8;

const palettes: Readonly<Record<ChartTheme, ChartColors>> = {
  light: {
    series: ["#3b6fe0", "#0b9484", "#c98200", "#d43d68", "#7453e6", "#4b9532", "#dd6322", "#118cba"],
    neutral: "#9aa3b2",
    axis: "#687082",
    grid: "#e9ebf0",
    cursor: "#8a93a5",
  },
  dark: {
    series: ["#6f9dff", "#34c7b0", "#ecb13a", "#ff7397", "#a38bff", "#7bcb63", "#ff9159", "#49bfec"],
    neutral: "#6d7789",
    axis: "#8d96a8",
    grid: "#232936",
    cursor: "#7d879a",
  },
};

export function colorsOf(theme: ChartTheme): ChartColors {
  return palettes[theme];
}

export function colorOf(theme: ChartTheme, slot: ColorSlot): string {
  const { series, neutral } = palettes[theme];
  return slot === "neutral" ? neutral : (series[slot % slotCount] ?? neutral);
}

/** `#rrggbb` with an opacity from 0 to 1. */
export function translucent(color: string, opacity: number): string {
  return `${color}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, "0")}`;
}

/**
 * A slot for each name: the same name has the same colour on each page load and each host, unless another name on the
 * same chart has taken it.
 */
export function assignSlots(names: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const assigned = new Map<string, number>();
  for (const name of [...names].sort()) {
    let slot = hashOf(name) % slotCount;
    for (let tries = 0; taken.has(slot) && tries < slotCount; tries++) slot = (slot + 1) % slotCount;
    taken.add(slot);
    assigned.set(name, slot);
  }
  return assigned;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
