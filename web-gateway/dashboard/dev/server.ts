// Development aid, never shipped: serves the built dashboard with the gateway's security headers, and what it calls
// over gRPC-Web from hosts that are invented here. Run it by `npm run dev`; see the README.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { HostService } from "../src/api/gen/syspulse/v1/host_service_pb.js";
import { LiveService } from "../src/api/gen/syspulse/v1/live_service_pb.js";
import { deleteHost, updateHost } from "./fleet.ts";
import { InventedHost } from "./invented_host.ts";
import { watch } from "./watch.ts";

const { values: options } = parseArgs({
  options: {
    "static-dir": { type: "string", default: "." },
    port: { type: "string", default: "8090" },
    hosts: { type: "string", default: "1" },
    /** Seconds of past at the start. */
    past: { type: "string", default: "1200" },
    /** Refuses changes, as a service does that listens to a network. */
    "read-only": { type: "boolean", default: false },
  },
});
const contentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; object-src 'none'";
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const hosts = Array.from({ length: Number(options.hosts) }, (_, index) => new InventedHost(index));
for (const host of hosts) host.inventPast(Number(options.past));
setInterval(() => {
  for (const host of hosts) host.sample(Math.floor(Date.now() / 1000));
}, 1000);

function routes(router: ConnectRouter): void {
  router.service(LiveService, { watch: (request, context) => watch(hosts, request, context.signal) });
  router.service(HostService, {
    deleteHost: (request) => {
      checkChange();
      deleteHost(hosts, request);
      return {};
    },
    updateHost: (request) => {
      checkChange();
      return { host: updateHost(hosts, request) };
    },
  });
}

function checkChange(): void {
  if (options["read-only"]) throw new ConnectError("this server was told to change nothing", Code.PermissionDenied);
}

type Handler = ReturnType<typeof connectNodeAdapter>;

const serveFile: Handler = (request, response) => {
  const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
  const file = join(options["static-dir"], path === "/" ? "index.html" : path);
  response.setHeader("content-security-policy", contentSecurityPolicy);
  response.setHeader("x-content-type-options", "nosniff");
  if (path.includes("..") || !existsSync(file)) {
    response.statusCode = 404;
    response.end("not found");
    return;
  }
  response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream");
  if (existsSync(`${file}.gz`)) response.setHeader("content-encoding", "gzip");
  response.end(readFileSync(existsSync(`${file}.gz`) ? `${file}.gz` : file));
};

const server = createServer(connectNodeAdapter({ routes, fallback: serveFile }));
server.listen(Number(options.port), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${options.port}/ shows ${hosts.length} invented host(s)`);
});
