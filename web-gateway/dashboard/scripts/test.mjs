// Runs the unit tests (src/**/*.test.ts) with Node's own test runner; arguments filter by file name.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import esbuild from "esbuild";
import { generate } from "./generate.mjs";
import { cacheDir, dashboardDir, filesBelow } from "./paths.mjs";

generate();
const filters = process.argv.slice(2);
const tests = filesBelow(join(dashboardDir, "src"))
  .filter((file) => /\.test\.tsx?$/.test(file))
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
if (tests.length === 0) throw new Error(`no test file matches ${filters.join(" ")}`);

// Inside the folder, so that the bundles find the packages in node_modules.
const bundleDir = join(cacheDir, "tests");
rmSync(bundleDir, { recursive: true, force: true });
mkdirSync(bundleDir, { recursive: true });
await esbuild.build({
  absWorkingDir: dashboardDir,
  entryPoints: tests,
  outdir: bundleDir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  logLevel: "warning",
});
const bundles = filesBelow(bundleDir);
const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-reporter=dot", ...bundles], {
  stdio: "inherit",
});
process.exitCode = run.status ?? 1;
