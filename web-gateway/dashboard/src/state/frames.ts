// Does what is to be drawn once in the next animation frame, however often it was asked for.

const queue = new Set<() => void>();
let requested = false;

/** Calls `draw` in the next frame. The same function is called once. Hidden tabs have no frames: it waits. */
export function drawSoon(draw: () => void): void {
  queue.add(draw);
  if (requested) return;
  requested = true;
  requestAnimationFrame(() => {
    requested = false;
    const due = [...queue];
    queue.clear();
    for (const each of due) each();
  });
}

/** Takes back what was asked for. */
export function forgetDrawing(draw: () => void): void {
  queue.delete(draw);
}
