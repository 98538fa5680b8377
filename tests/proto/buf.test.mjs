// The contract: clean by buf's rules, formatted, and compatible with what was released before.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import test from "node:test";

const ROOT = path.resolve(import.meta.dirname, "../..");
const PROTO = path.join(ROOT, "proto");
const BUF = path.join(ROOT, "web-gateway/dashboard/node_modules/.bin/buf");

function run(command, args, cwd = PROTO) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

test("the contract is clean by buf's STANDARD and COMMENTS rules", () =>
  assert.deepEqual(run(BUF, ["lint"]), { status: 0, output: "" }));

test("the contract is formatted as buf formats it", () =>
  assert.deepEqual(run(BUF, ["format", "--diff", "--exit-code"]), { status: 0, output: "" }));

/** The commit to be compatible with: where this branch left main, or on main itself the commit before. */
function base() {
  const rev = (name) => run("git", ["rev-parse", "--verify", "--quiet", `${name}^{commit}`], ROOT).output.trim();
  const head = rev("HEAD");
  for (const name of ["origin/main", "main"]) {
    const main = rev(name);
    if (main && main !== head) return run("git", ["merge-base", main, head], ROOT).output.trim();
  }
  return rev("HEAD~1");
}

test("the contract breaks nobody who speaks the one before", (context) => {
  const commit = base();
  if (!commit || run("git", ["cat-file", "-e", `${commit}:proto/buf.yaml`], ROOT).status !== 0) {
    context.diagnostic("there is no earlier contract to compare with");
    return;
  }
  assert.deepEqual(run(BUF, ["breaking", "--against", `${ROOT}/.git#format=git,ref=${commit},subdir=proto`]), { status: 0, output: "" });
});
