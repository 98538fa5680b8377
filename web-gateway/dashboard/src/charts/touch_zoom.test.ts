import assert from "node:assert/strict";
import { test } from "node:test";
import { pinchedWindow } from "./touch_zoom.ts";

const window = { fromSeconds: 1000, toSeconds: 2000 };

test("the times below two fingers go with them", () => {
  const spread = pinchedWindow(
    window,
    [
      { beginX: 40, x: 20 },
      { beginX: 60, x: 80 },
    ],
    100,
  );
  assert.deepEqual(spread, {
    fromSeconds: 1400 - 20 * (200 / 60),
    toSeconds: 1400 - 20 * (200 / 60) + 100 * (200 / 60),
  });
  const pinched = pinchedWindow(
    window,
    [
      { beginX: 0, x: 25 },
      { beginX: 100, x: 75 },
    ],
    100,
  );
  assert.deepEqual(pinched, { fromSeconds: 500, toSeconds: 2500 });
});

test("two fingers that move together move the window", () => {
  assert.deepEqual(
    pinchedWindow(
      window,
      [
        { beginX: 80, x: 60 },
        { beginX: 40, x: 20 },
      ],
      100,
    ),
    {
      fromSeconds: 1200,
      toSeconds: 2200,
    },
  );
});

test("fingers that cross neither turn time around nor end it", () => {
  const { fromSeconds, toSeconds } = pinchedWindow(
    window,
    [
      { beginX: 20, x: 90 },
      { beginX: 80, x: 10 },
    ],
    100,
  );
  assert.ok(Number.isFinite(fromSeconds) && toSeconds > fromSeconds);
});
