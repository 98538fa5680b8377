// Places the scripts share, and a digest of what a result depends on.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const dashboardDir = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const protoDir = resolve(dashboardDir, "../../proto");
export const generatedDir = join(dashboardDir, "src/api/gen");
/** Stamps and intermediate files: gone with the packages that made them. */
export const cacheDir = join(dashboardDir, "node_modules/.cache/syspulse");

/** Every file below `path`, sorted; `path` itself if it is a file. */
export function filesBelow(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

/** A digest of the names and contents of all files below `paths`. */
export function digestOf(paths) {
  const hash = createHash("sha256");
  for (const file of paths.filter((path) => existsSync(path)).flatMap(filesBelow)) {
    hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}
