// The command that everybody starts with.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { Program, ROOT, eventually } from "./stack.mjs";

let folder;
const started = [];
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), "syspulse-up-"));
});
after(async () => {
  await Promise.all(started.map((program) => program.stop())); // those of tests that failed
  rmSync(folder, { recursive: true, force: true });
});

const up = (env = {}, args = []) => {
  const program = new Program(path.join(ROOT, "services/up"), args, {
    env: {
      SYSPULSE_GRPC_LISTEN: "127.0.0.1:0",
      SYSPULSE_HTTP_LISTEN: "127.0.0.1:0",
      SYSPULSE_EXPORTER_LISTEN: "127.0.0.1:0",
      SYSPULSE_DATA_DIR: `${folder}/data`,
      ...env,
    },
  });
  started.push(program);
  return program;
};

const dashboard = (program) =>
  eventually(() => /Dashboard:\s+(http:\/\/\S+)/.exec(program.log)?.[1], { ms: 60_000, what: `the dashboard's address in: ${program.log}` });

test("starts everything, prints the address, and stops everything", async () => {
  const program = up();
  const url = await dashboard(program);
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /SysPulse/);
  const snapshot = await (await fetch(`${url}/api/v1/snapshot`)).json();
  assert.ok(snapshot.snapshot.host);
  await eventually(() => existsSync(`${folder}/data/spool`), { what: "a place for what is not sent" });
  assert.equal((await program.stop()).code, 0);
  await assert.rejects(fetch(url));
});

test("starts where the service remembers several hosts", async () => {
  for (const id of ["first", "second"]) {
    const program = up({ SYSPULSE_DATA_DIR: `${folder}/several`, SYSPULSE_HOST_ID: id });
    const url = await dashboard(program);
    const { snapshot } = await (await fetch(`${url}/api/v1/hosts/${id}/snapshot`)).json();
    assert.equal(snapshot.host, `hosts/${id}`);
    assert.equal((await program.stop()).code, 0);
  }
});

test("a port in use is one sentence", async () => {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = `127.0.0.1:${server.address().port}`;
  for (const variable of ["SYSPULSE_GRPC_LISTEN", "SYSPULSE_EXPORTER_LISTEN", "SYSPULSE_HTTP_LISTEN"]) {
    const program = up({ [variable]: address });
    assert.equal((await program.exited).code, 1, program.log);
    assert.match(program.log, new RegExp(`port ${server.address().port} is in use; choose another with ${variable}`));
  }
  server.close();
});

test("a program that ends by itself is started again", async () => {
  const program = up();
  const url = await dashboard(program);
  const { snapshot } = await (await fetch(`${url}/api/v1/snapshot`)).json();
  const processes = await (await fetch(`${url}/api/v1/processes?filter=syspulsed&pageSize=1000`)).json();
  const service = processes.processTable.processes.find((one) => one.commandLine.includes(`${folder}/data`));
  process.kill(service.pid, "SIGKILL");
  await eventually(() => /service ended with status 137; starting it again/.test(program.log), { what: "the restart" });
  await eventually(async () => {
    const again = await (await fetch(`${url}/api/v1/snapshot`)).json();
    return again.snapshot && again.snapshot.sampleTime > snapshot.sampleTime;
  });
  await program.stop();
});

test("an unknown argument is a usage error", async () => {
  const program = up({}, ["--bild"]);
  assert.equal((await program.exited).code, 2);
  assert.match(program.log, /unknown argument '--bild'/);
});

test("a second one with the same data leaves the first alone", async () => {
  const env = { SYSPULSE_DATA_DIR: `${folder}/shared` };
  const first = up(env);
  const url = await dashboard(first);
  const log = readFileSync(`${folder}/shared/logs/service.log`, "utf8");
  const second = up(env);
  assert.equal((await second.exited).code, 1);
  assert.match(second.log, /another services\/up runs with \S+\/shared; choose another folder with SYSPULSE_DATA_DIR/);
  assert.ok(readFileSync(`${folder}/shared/logs/service.log`, "utf8").startsWith(log), "its log is still there");
  assert.equal((await fetch(url)).status, 200);
  assert.equal((await first.stop()).code, 0);
});

test("a place that takes no files is one sentence", async () => {
  const program = up({ SYSPULSE_DATA_DIR: "/proc/syspulse" });
  assert.equal((await program.exited).code, 1);
  assert.match(program.log, /^up: cannot write to \/proc\/syspulse: [\w ]+; choose another folder with SYSPULSE_DATA_DIR$/m);
});

test("without a home a folder has to be named", async () => {
  const program = up({ SYSPULSE_DATA_DIR: "", XDG_STATE_HOME: "", HOME: "" });
  assert.equal((await program.exited).code, 1);
  assert.match(program.log, /there is no HOME to keep data in; choose a folder with SYSPULSE_DATA_DIR/);
});

test("starts by a link to it", async () => {
  symlinkSync(path.join(ROOT, "services/up"), `${folder}/syspulse-up`);
  const program = new Program(`${folder}/syspulse-up`, ["--help"]);
  assert.equal((await program.exited).code, 0, program.log);
  assert.match(program.log, /prints the dashboard's address/);
});
