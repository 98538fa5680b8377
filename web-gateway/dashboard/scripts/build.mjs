// Builds the static files: index.html, assets/<name>-<hash>.{js,css} and their .gz and .br siblings.
//
//   npm run build -- [--outdir DIR] [--force]
//
// Does nothing when nothing changed since the last build into DIR.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { generate } from "./generate.mjs";
import { cacheDir, dashboardDir, digestOf, protoDir } from "./paths.mjs";

const { values: options } = parseArgs({
  options: {
    outdir: { type: "string", default: join(dashboardDir, "../../build/dashboard") },
    force: { type: "boolean", default: false },
  },
});
const outDir = resolve(options.outdir);
const sourcesDir = join(dashboardDir, "src");

function inputs() {
  const names = ["src", "scripts", "package-lock.json", "tsconfig.json", "buf.gen.yaml"];
  return [protoDir, ...names.map((name) => join(dashboardDir, name))];
}

/** Bundles script and styles; returns their contents by file name. */
async function bundle() {
  const result = await esbuild.build({
    absWorkingDir: dashboardDir,
    entryPoints: { main: "src/main.tsx" },
    outdir: "assets",
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: ["es2022"],
    legalComments: "none",
    logLevel: "warning",
  });
  return new Map(result.outputFiles.map((file) => [`assets/${basename(file.path)}`, Buffer.from(file.contents)]));
}

function page(assets) {
  const find = (extension) => [...assets.keys()].find((name) => name.endsWith(extension)) ?? "";
  const template = readFileSync(join(sourcesDir, "index.html"), "utf8");
  return template.replace("{{css}}", find(".css")).replace("{{js}}", find(".js"));
}

/** Writes a file and its compressed siblings, which the gateway sends to browsers that take them. */
function write(name, content) {
  writeFileSync(join(outDir, name), content);
  writeFileSync(join(outDir, `${name}.gz`), gzipSync(content, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(join(outDir, `${name}.br`), brotliCompressSync(content, { params }));
}

function stampFile() {
  return join(cacheDir, `build-${createHash("sha256").update(outDir).digest("hex").slice(0, 16)}.stamp`);
}

function upToDate(stamp) {
  if (options.force || !existsSync(join(outDir, "index.html")) || !existsSync(stampFile())) return false;
  return readFileSync(stampFile(), "utf8") === stamp;
}

async function main() {
  generate();
  const stamp = digestOf(inputs());
  if (upToDate(stamp)) return;
  const assets = await bundle();
  rmSync(join(outDir, "assets"), { recursive: true, force: true });
  mkdirSync(join(outDir, "assets"), { recursive: true });
  for (const [name, content] of assets) write(name, content);
  write("favicon.svg", readFileSync(join(sourcesDir, "favicon.svg")));
  // The page comes last: what it names exists by then.
  write("index.html", Buffer.from(page(assets)));
  mkdirSync(cacheDir, { recursive: true });
  writeFileSync(stampFile(), stamp);
}

await main();
