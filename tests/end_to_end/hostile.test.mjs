// Input that nobody should send, on every port: a clear answer each, memory flat, everybody else unaffected.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import http from "node:http";
import net from "node:net";
import { after, afterEach, before, test } from "node:test";
import { Stack, residentBytes, sleep } from "./stack.mjs";

const GROWTH_BYTES = 48 * 1024 * 1024; // allocators keep some of what a burst needed
const GIGABYTE = 2 ** 30;
const ANSWER_MS = 15_000;

let stack;
let before_;
before(async () => {
  stack = await Stack.start();
  await stack.ready();
  before_ = memory();
});
after(() => stack?.stop());

const memory = () => ({ service: residentBytes(stack.service.pid), gateway: residentBytes(stack.gateway.pid) });

// Whatever happened, everybody else is served as before.
afterEach(async () => {
  const { snapshot } = await stack.json("/api/v1/snapshot");
  assert.ok(snapshot.cpu.coreCount > 0);
  for (const [name, bytes] of Object.entries(memory())) {
    assert.ok(bytes - before_[name] < GROWTH_BYTES, `${name} grew by ${bytes - before_[name]} bytes`);
  }
});

/** Sends bytes to a port and returns all that comes back until the other side closes or some time has passed. */
function raw(address, bytes, { ms = ANSWER_MS, keepOpen = false } = {}) {
  const [host, port] = [address.slice(0, address.lastIndexOf(":")), Number(address.slice(address.lastIndexOf(":") + 1))];
  return new Promise((resolve) => {
    let answer = "";
    const socket = net.connect(port, host, () => (keepOpen ? socket.write(bytes) : socket.end(bytes)));
    const limit = setTimeout(() => socket.destroy(), ms);
    socket.on("data", (data) => {
      answer += data.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(limit);
      resolve(answer);
    });
  });
}

test("random bytes on every port", async () => {
  for (const address of [stack.grpc, stack.http, stack.metrics]) {
    await Promise.all(Array.from({ length: 20 }, (_, i) => raw(address, randomBytes(1 + i * 997), { ms: 2000 })));
  }
  assert.match(await raw(stack.http, randomBytes(4096)), /^HTTP\/1\.1 400 |^$/);
});

test("half requests that never go on", async () => {
  const halves = Array.from({ length: 50 }, () => raw(stack.http, "GET /api/v1/hosts HTTP/1.1\r\nHost: local", { ms: 3000, keepOpen: true }));
  await sleep(500);
  assert.equal((await fetch(stack.url("/healthz"))).status, 200);
  await Promise.all(halves);
});

test("wrong content types are named", async () => {
  const response = await fetch(stack.url("/syspulse.v1.HostService/ListHosts"), {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: "{}",
  });
  assert.equal(response.status, 415);
  assert.match(await response.text(), /text\/plain/);
});

test("JSON that is not what the rpc takes", async () => {
  for (const [body, why] of [
    ["{", /./],
    ['{"nosuchfield":1}', /nosuchfield/],
    ['{"pageSize":"many"}', /page_?[sS]ize|many/],
    ["[".repeat(10_000), /./],
  ]) {
    const response = await fetch(stack.url("/syspulse.v1.HostService/ListHosts"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    assert.equal(response.status, 400, body.slice(0, 20));
    const { code, message } = await response.json();
    assert.equal(code, "invalid_argument");
    assert.match(message, why);
  }
});

/** Sends a body of a gigabyte, as far as the server lets us. Returns the status, or 0 where it hung up. */
function gigabyte(headers) {
  return new Promise((resolve) => {
    const chunk = Buffer.alloc(1 << 20, "a");
    let sent = 0;
    const request = http.request(stack.url("/syspulse.v1.HostService/ListHosts"), { method: "POST", headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, sent });
      request.destroy();
    });
    request.on("error", () => resolve({ status: 0, sent }));
    const push = () => {
      while (sent < GIGABYTE) {
        sent += chunk.length;
        if (!request.write(chunk)) return request.once("drain", push);
      }
      request.end();
    };
    push();
  });
}

test("a body of a gigabyte is refused early", async () => {
  for (const headers of [
    { "content-type": "application/json", "content-length": GIGABYTE },
    { "content-type": "application/json", "transfer-encoding": "chunked" },
    { "content-type": "application/grpc-web+proto", "transfer-encoding": "chunked" },
  ]) {
    const { status, sent } = await gigabyte(headers);
    assert.ok(status === 413 || status === 0, `status ${status}`);
    assert.ok(sent < GIGABYTE / 4, `took ${sent} bytes`);
  }
});

test("paths that lead out of the dashboard", async () => {
  for (const place of ["/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%5c..%5cetc/passwd", "/%00", "//etc/passwd"]) {
    const answer = await raw(stack.http, `GET ${place} HTTP/1.1\r\nHost: ${stack.http}\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 (400|404) /, place);
    assert.doesNotMatch(answer, /root:/);
  }
});

test("unknown rpcs, hosts and pages are named", async () => {
  const rpc = await fetch(stack.url("/syspulse.v1.HostService/Nonsense"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assert.ok([404, 501].includes(rpc.status));
  const host = await fetch(stack.url("/api/v1/hosts/nobody"));
  assert.equal(host.status, 404);
  assert.match((await host.json()).message, /nobody/);
  const page = await fetch(`http://${stack.metrics}/hosts/nobody/metrics`);
  assert.equal(page.status, 404);
});

test("bytes that are no message are answered in words", async () => {
  for (const method of ["MetricsService/GetSnapshot", "MetricsService/WatchSnapshots"]) {
    const body = Buffer.concat([Buffer.from([0, 0, 0, 0, 4]), Buffer.from([0xff, 0xff, 0xff, 0xff])]);
    const headers = { "content-type": "application/grpc-web+proto" };
    const answer = await fetch(stack.url(`/syspulse.v1.${method}`), { method: "POST", headers, body });
    assert.match(decodeURIComponent(await answer.text()), /grpc-status: (3|12)\r\ngrpc-message: .*(message|read)/, method);
  }
});

test("a foreign Host or Origin is turned away", async () => {
  const foreign = await raw(stack.http, "GET /api/v1/hosts HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
  assert.match(foreign, /^HTTP\/1\.1 421 /);
  const origin = await fetch(stack.url("/api/v1/hosts"), { headers: { origin: "http://evil.example" } });
  assert.equal(origin.status, 403);
});

test("every answer carries the security headers", async () => {
  for (const place of ["/", "/api/v1/hosts", "/nowhere", "/healthz"]) {
    const { headers } = await fetch(stack.url(place));
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'self'/, place);
    assert.doesNotMatch(policy, /unsafe-inline/, place);
    assert.equal(headers.get("x-content-type-options"), "nosniff", place);
  }
});

test("a thousand connections that say nothing leave room for one that does", async () => {
  const port = Number(stack.http.split(":")[1]);
  const sockets = Array.from({ length: 1000 }, () => net.connect(port, "127.0.0.1").on("error", () => {}));
  await sleep(500);
  assert.equal((await fetch(stack.url("/healthz"))).status, 200);
  for (const socket of sockets) socket.destroy();
});
