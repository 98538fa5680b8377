// An installation in a folder of its own: the programs run, and systemd takes their units and thinks well of them.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { BUILD } from "./stack.mjs";

// Of 10, which is no sandbox at all. What the agent may not see it could not measure.
const UNITS = { "syspulsed": 1.5, "syspulse-gateway": 1.5, "syspulse-agent": 3.4 };

let folder;
const unit = (name) => path.join(folder, "lib/systemd/system", `${name}.service`);

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), "syspulse-install-"));
  execFileSync("cmake", ["--install", BUILD, "--prefix", folder], { stdio: "pipe" });
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("installed programs run", () => {
  for (const program of [...Object.keys(UNITS), "syspulse"]) {
    const version = execFileSync(path.join(folder, "bin", program), ["--version"], { encoding: "utf8" });
    assert.match(version, new RegExp(`^${program} \\d`));
  }
});

test("completions and the agent's user come along", () => {
  assert.match(readFileSync(path.join(folder, "share/bash-completion/completions/syspulse"), "utf8"), /complete .*syspulse/);
  assert.match(readFileSync(path.join(folder, "share/zsh/vendor-completions/_syspulse"), "utf8"), /^#compdef syspulse/);
  assert.ok(statSync(path.join(folder, "share/fish/vendor_completions.d/syspulse.fish")).size > 0);
  assert.match(readFileSync(path.join(folder, "lib/sysusers.d/syspulse.conf"), "utf8"), /^u syspulse-agent /m);
});

for (const [name, limit] of Object.entries(UNITS)) {
  test(`systemd takes ${name}.service`, () => {
    const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", unit(name)], { encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
    assert.equal((stdout + stderr).split("\n").filter((line) => line.includes("syspulse")).join("\n"), "", "a complaint");
    const text = readFileSync(unit(name), "utf8");
    assert.match(text, /^Type=notify$/m);
    assert.match(text, /^WatchdogSec=\d+s$/m);
    assert.match(text, /^MemoryMax=/m);
    assert.ok(existsSync(/^ExecStart=(\S+)/m.exec(text)[1]), "the program is where the unit says");
  });

  test(`${name}.service is exposed by ${limit} of 10 at most`, () => {
    const { stdout, stderr } = spawnSync("systemd-analyze", ["security", "--offline=true", "--no-pager", unit(name)], { encoding: "utf8" });
    const level = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout);
    assert.ok(level, stdout + stderr);
    assert.ok(Number(level[1]) <= limit, level[0]);
  });
}

test("the agent may ask how well the clock keeps time", () => {
  // Each line adds to, or takes away from, what those before it have left.
  const lines = readFileSync(unit("syspulse-agent"), "utf8").match(/^SystemCallFilter=.*$/gm);
  assert.match(lines.at(-1), /=(?!~).*\bclock_adjtime\b/, "it is among @privileged");
});
