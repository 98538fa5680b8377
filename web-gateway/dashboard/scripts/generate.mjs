// Generates src/api/gen from the contract in /proto; does nothing while the contract is unchanged.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDir, dashboardDir, digestOf, generatedDir, protoDir } from "./paths.mjs";

const stampFile = join(cacheDir, "generate.stamp");

/** Brings src/api/gen up to date; throws with buf's own words if the contract does not compile. */
export function generate() {
  const stamp = digestOf([protoDir, join(dashboardDir, "buf.gen.yaml"), join(dashboardDir, "package-lock.json")]);
  if (existsSync(generatedDir) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  // The plugin starts with `env node`: let it find the Node that runs this script.
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ""}`;
  const buf = spawnSync(process.execPath, ["node_modules/@bufbuild/buf/bin/buf", "generate"], {
    cwd: dashboardDir,
    env: { ...process.env, PATH: path },
    encoding: "utf8",
  });
  if (buf.status !== 0) throw new Error(`buf generate failed:\n${buf.stderr || buf.error}`);
  mkdirSync(cacheDir, { recursive: true });
  writeFileSync(stampFile, stamp);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generate();
