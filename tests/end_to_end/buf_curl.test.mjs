// The API by a client that nobody here wrote: buf curl, over gRPC, gRPC-Web and Connect.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { NODE_MODULES, ROOT, Stack } from "./stack.mjs";

const BUF = path.join(NODE_MODULES, ".bin/buf");
const LIMIT_MS = 20_000;

let stack;
before(async () => {
  stack = await Stack.start();
  await stack.ready();
});
after(() => stack?.stop());

/** Returns the first `count` messages of a call. */
function messages(count, args) {
  return new Promise((resolve, reject) => {
    const buf = spawn(BUF, ["curl", ...args], { cwd: ROOT });
    let out = "";
    let errors = "";
    const limit = setTimeout(() => buf.kill("SIGKILL"), LIMIT_MS);
    buf.stderr.on("data", (text) => {
      errors += text;
    });
    buf.stdout.on("data", (text) => {
      out += text;
      // buf prints each message as indented JSON that ends with a brace at the start of a line.
      const whole = out.split(/(?<=^}\n)/m).filter((part) => /^}\n$/m.test(part));
      if (whole.length >= count) {
        resolve(whole.map((part) => JSON.parse(part)));
        buf.kill();
      }
    });
    buf.on("close", () => {
      clearTimeout(limit);
      reject(new Error(`buf curl ended early: ${errors}${out}`));
    });
  });
}

const WAYS = {
  grpc: () => ["--protocol", "grpc", "--http2-prior-knowledge", `http://${stack.grpc}`],
  grpcweb: () => ["--protocol", "grpcweb", `http://${stack.http}`],
  connect: () => ["--protocol", "connect", `http://${stack.http}`],
};

function call(way, method, data = "{}", extra = []) {
  const args = WAYS[way]();
  return [...args.slice(0, -1), ...extra, "-d", data, `${args.at(-1)}/syspulse.v1.${method}`];
}

for (const way of Object.keys(WAYS)) {
  describe(way, () => {
    test("streams about one snapshot a second, described by the server itself", async () => {
      const got = await messages(4, call(way, "MetricsService/WatchSnapshots"));
      const times = got.map(({ snapshot }) => Date.parse(snapshot.sampleTime));
      for (let i = 1; i < 4; ++i) assert.ok(times[i] - times[i - 1] >= 1000 && times[i] - times[i - 1] <= 2000, `${times}`);
      assert.ok(got[3].snapshot.cpu.utilizationRatio >= 0 && got[3].snapshot.cpu.utilizationRatio <= 1);
    });

    test("answers a unary call by the checked-in contract", async () => {
      const [{ hosts }] = await messages(1, call(way, "HostService/ListHosts", "{}", ["--schema", "proto"]));
      assert.equal(hosts.length, 1);
      assert.equal(hosts[0].state, "HOST_STATE_ONLINE");
    });

    test("says clearly that a host is not there", () => {
      const data = JSON.stringify({ host: "nobody" });
      const { status, stderr } = spawnSync(BUF, ["curl", ...call(way, "MetricsService/GetSnapshot", data, ["--schema", "proto"])], {
        cwd: ROOT,
        encoding: "utf8",
        timeout: LIMIT_MS,
      });
      assert.notEqual(status, 0);
      assert.equal(JSON.parse(stderr).code, "not_found");
      assert.match(JSON.parse(stderr).message, /nobody/);
    });
  });
}
