// Development aid: builds the dashboard and serves it from an invented host, without the service; see dev/server.ts.
//
//   npm run dev -- [--port 8090] [--hosts 1]
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import esbuild from "esbuild";
import { cacheDir, dashboardDir } from "./paths.mjs";

const staticDir = join(cacheDir, "dev");
const build = spawnSync(process.execPath, [join(dashboardDir, "scripts/build.mjs"), "--outdir", staticDir], {
  stdio: "inherit",
});
if (build.status !== 0) process.exit(build.status ?? 1);

const serverFile = join(cacheDir, "dev_server.mjs");
await esbuild.build({
  absWorkingDir: dashboardDir,
  entryPoints: ["dev/server.ts"],
  outfile: serverFile,
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  logLevel: "warning",
});
const server = spawn(process.execPath, [serverFile, "--static-dir", staticDir, ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
server.on("exit", (code) => process.exit(code ?? 0));
