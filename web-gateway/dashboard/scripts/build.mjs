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

/**
 * Bundles script and styles; returns their contents by file name, and which scripts the page needs at once. Parts that
 * are imported when they are needed become files of their own.
 */
async function bundle() {
  const result = await esbuild.build({
    absWorkingDir: dashboardDir,
    entryPoints: { main: "src/main.tsx" },
    outdir: "assets",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    metafile: true,
    minify: true,
    write: false,
    format: "esm",
    target: ["es2022"],
    legalComments: "none",
    logLevel: "warning",
  });
  const named = (file) => [`assets/${basename(file.path)}`, Buffer.from(file.contents)];
  return { assets: new Map(result.outputFiles.map(named)), outputs: result.metafile.outputs };
}

function page({ outputs }) {
  const [main, { imports, cssBundle }] = Object.entries(outputs).find(
    ([, { entryPoint }]) => entryPoint === "src/main.tsx",
  );
  const needed = imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => path);
  const preloads = needed.map((path) => `<link rel="modulepreload" href="${path}" />`).join("");
  const template = readFileSync(join(sourcesDir, "index.html"), "utf8");
  return template.replace("{{css}}", cssBundle).replace("{{js}}", main).replace("{{preloads}}", preloads);
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
  const bundled = await bundle();
  rmSync(join(outDir, "assets"), { recursive: true, force: true });
  mkdirSync(join(outDir, "assets"), { recursive: true });
  for (const [name, content] of bundled.assets) write(name, content);
  write("favicon.svg", readFileSync(join(sourcesDir, "favicon.svg")));
  // The page comes last: what it names exists by then.
  write("index.html", Buffer.from(page(bundled)));
  mkdirSync(cacheDir, { recursive: true });
  writeFileSync(stampFile(), stamp);
}

await main();
