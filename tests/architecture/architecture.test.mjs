// The rules of who may see what. They are the architecture: a layer that reaches past its neighbours fails here.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";

const ROOT = path.resolve(import.meta.dirname, "../..");
const TOP_LEVEL = ["CMakeLists.txt", "LICENSE", "README.md", "clients", "k8s", "proto", "services", "tests", "web-gateway"];
const LONGEST_FILE = 400;

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" })
  .trim()
  .split("\n");
const sources = files
  .filter((file) => /^(services|clients|web-gateway)\/.*\.(h|cc)$/.test(file))
  .map((file) => ({ file, text: readFileSync(path.join(ROOT, file), "utf8") }));

/** Lines that match `pattern` in sources outside of the folders in `allowed`, as `file:line`. */
function strays(pattern, allowed) {
  return sources
    .filter(({ file }) => !allowed.some((prefix) => file.startsWith(prefix)))
    .flatMap(({ file, text }) =>
      text.split("\n").flatMap((line, index) => (pattern.test(line) && !/^\s*\/\//.test(line) ? [`${file}:${index + 1}`] : [])),
    );
}

test("the test sees the sources", () => assert.ok(sources.length > 20));

test("gRPC is included only by api, callbacks, server, agent, clients and the gateway", () =>
  assert.deepEqual(
    strays(/#include [<"](grpcpp|grpc)\/|\.grpc\.pb\.h"/, ["services/api/", "services/callbacks/", "services/server/", "services/agent/", "clients/", "web-gateway/"]),
    [],
  ));

test("/proc and /sys are opened only by collect and named only by it and by options", () =>
  assert.deepEqual(strays(/"\/(proc|sys)(\/|")/, ["services/collect/"]).filter((place) => !/\/options\.cc:/.test(place)), []));

test("prometheus-cpp is included only by the exporter", () =>
  assert.deepEqual(strays(/#include [<"]prometheus\//, ["services/exporter/"]), []));

// Asio's timers run on a clock of their own, so a deadline for one of them is counted by that clock.
test("the system clock is read only by base/clock", () =>
  assert.deepEqual(
    strays(/absl::Now\(|clock_gettime\(|(system|steady)_clock::now\(|gettimeofday\(/, [
      "services/base/clock.cc",
      "web-gateway/server/deadline.h",
    ]),
    [],
  ));

test("layers below the model never see protobuf", () =>
  assert.deepEqual(
    strays(/\.pb\.h[>"]|#include <google\/protobuf/, [
      "services/model/",
      "services/api/",
      "services/server/",
      "services/agent/",
      "services/state/",
      "clients/",
      "web-gateway/",
    ]),
    [],
  ));

test("flags are declared only in options.cc", () =>
  assert.deepEqual(
    strays(/(->|\.)add_(option|flag)\b|AddDuration\(/, ["services/base/options", "clients/cli/"]).filter(
      (place) => !/[/_]options\.cc:/.test(place),
    ),
    [],
  ));

test("absl::Mutex is not used: ThreadSanitizer cannot see into it", () => assert.deepEqual(strays(/absl::Mutex/, []), []));

// What is parsed is what others wrote: the kernel, drivers, people.
test("every parser of collect is a fuzz target", () => {
  const parsers = sources
    .filter(({ file }) => /^services\/collect\/.*\.h$/.test(file))
    .flatMap(({ text }) => [...text.matchAll(/^\S.* (Parse[A-Z]\w*)\(/gm)].map((match) => match[1]));
  const targets = files
    .filter((file) => /^tests\/fuzz\/.*_targets\.cc$/.test(file))
    .map((file) => readFileSync(path.join(ROOT, file), "utf8"))
    .join("\n");
  assert.ok(parsers.length > 10);
  assert.deepEqual([...new Set(parsers)].filter((name) => !new RegExp(`\\b${name}\\b`).test(targets)), []);
});

test("files are short enough to hold one concept", () => {
  const long = files
    .filter((file) => /\.(h|cc|ts|tsx|mjs)$/.test(file))
    .filter((file) => readFileSync(path.join(ROOT, file), "utf8").split("\n").length > LONGEST_FILE + 1);
  assert.deepEqual(long, []);
});

test("the top level holds what it may and nothing else", () => {
  const top = new Set(files.map((file) => file.split("/")[0]).filter((name) => !name.startsWith(".")));
  assert.deepEqual([...top].filter((name) => !TOP_LEVEL.includes(name)), []);
});
