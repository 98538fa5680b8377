// What a row says of where a process runs and below whom it stands.
import type { ProcessRow } from "./model.ts";

/** The first digits of an id tell containers apart, as their runtimes show them. */
const shortIdLength = 12;
/** What is deeper stands here: the command needs the room. */
const deepestIndent = 12;

/** The container, else the unit: a container says more than the unit that its runtime put it into. */
export function ownerOf({ container, unit }: Pick<ProcessRow, "container" | "unit">): string {
  return container === "" ? unit : container.slice(0, shortIdLength);
}

/** Both, in full. */
export function ownerTitle({ container, unit }: Pick<ProcessRow, "container" | "unit">): string {
  return [container, unit].filter((text) => text !== "").join("\n");
}

/** How many steps a row of a tree is moved to the right. */
export function indentOf({ depth }: Pick<ProcessRow, "depth">): number {
  return Math.min(Math.max(depth, 0), deepestIndent);
}
