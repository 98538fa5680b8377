import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { startSession } from "./session.ts";

/** The page in a tab whose streams never bring anything. */
class FakeTab {
  readonly window = new EventTarget();
  readonly document = Object.assign(new EventTarget(), { hidden: false });
  readonly streams: AbortSignal[] = [];

  constructor(t: TestContext) {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const addEventListener = this.window.addEventListener.bind(this.window);
    Object.assign(globalThis, { document: this.document, addEventListener });
    t.mock.method(globalThis, "fetch", (_url: unknown, { signal }: { readonly signal: AbortSignal }) => {
      this.streams.push(signal);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
  }

  get openStreams(): number {
    return this.streams.filter(({ aborted }) => !aborted).length;
  }

  show(isVisible: boolean): Promise<void> {
    this.document.hidden = !isVisible;
    this.document.dispatchEvent(new Event("visibilitychange"));
    return settled();
  }

  goOnline(): Promise<void> {
    this.window.dispatchEvent(new Event("online"));
    return settled();
  }
}

/** Lets all that is ready run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("a hidden tab that paused its stream opens none when the network is back, only when it is seen", async (t) => {
  const tab = new FakeTab(t);
  startSession("http://gateway.test");
  await settled();
  assert.equal(tab.openStreams, 1);
  await tab.show(false);
  await tab.goOnline();
  assert.equal(tab.openStreams, 1, "it was hidden only now");
  t.mock.timers.tick(60_000);
  await tab.goOnline();
  assert.equal(tab.openStreams, 0);
  await tab.show(true);
  assert.equal(tab.openStreams, 1);
  await tab.goOnline();
  assert.deepEqual([tab.openStreams, tab.streams.length], [1, 4], "a tab that is seen opens another at once");
});
