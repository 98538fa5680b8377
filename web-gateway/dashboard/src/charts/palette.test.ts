import assert from "node:assert/strict";
import { test } from "node:test";
import { assignSlots, colorOf, colorsOf, translucent } from "./palette.ts";

test("up to eight series of a chart have eight colours", () => {
  const names = ["eth0", "eth1", "lo", "wlan0", "docker0", "br-1", "veth1", "tun0"];
  assert.equal(new Set(assignSlots(names).values()).size, 8);
});

test("more series than colours share them instead of looping for ever", () => {
  const names = Array.from({ length: 100 }, (_, index) => `veth${index}`);
  assert.equal(assignSlots(names).size, 100);
});

test("a name has the same colour in whatever order the names come", () => {
  assert.deepEqual(assignSlots(["a", "b", "c"]), assignSlots(["c", "a", "b"]));
});

test("opacity is written as two hex digits", () => {
  assert.equal(translucent("#112233", 0.5), "#11223380");
  assert.equal(translucent("#112233", 0), "#11223300");
});

/** Relative luminance, WCAG 2.2. */
function luminance(color: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test("lines stand out from the card by 3 to 1 and axis texts by 4.5 to 1, in both themes", () => {
  for (const [theme, card] of [
    ["light", "#ffffff"],
    ["dark", "#141821"],
  ] as const) {
    for (let slot = 0; slot < 8; slot++) {
      assert.ok(contrast(colorOf(theme, slot), card) >= 3, `${theme} ${slot}: ${contrast(colorOf(theme, slot), card)}`);
    }
    assert.ok(contrast(colorsOf(theme).axis, card) >= 4.5, `${theme} axis`);
  }
});
