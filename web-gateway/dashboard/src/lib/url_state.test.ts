import assert from "node:assert/strict";
import { test } from "node:test";
import { cutFilter, decodeView, defaultView, encodeView, toggleHidden, type ViewState } from "./url_state.ts";

test("the default view needs no query", () => {
  assert.equal(encodeView(defaultView), "");
  assert.deepEqual(decodeView(""), defaultView);
});

test("every part of a view comes back from its URL", () => {
  const view: ViewState = {
    host: "web-1",
    order: "user",
    descending: false,
    filter: "a&b=c ü <img onerror=alert(1)>",
    limit: 200,
    tree: true,
    perCore: true,
    page: "query",
    liveMinutes: 5,
    range: { from: "2026-11-20T10:00:00Z", to: "2026-11-21T10:00:00Z" },
    expressions: ['sum(rate(a{b="c"}[5m]))', "up + 1"],
    table: true,
    step: 15,
    hidden: ["cpu.user", "network/eth0"],
    fleetOrder: "disk.utilization",
    fleetDescending: false,
    fleetText: 'env="prod",cpu.utilization>80%',
    fleetPage: 3,
    fleetProcesses: "io_bytes_per_second",
  };
  assert.deepEqual(decodeView(encodeView(view)), view);
});

test("an ascending order by the default column is kept", () => {
  const view = { ...defaultView, descending: false };
  assert.deepEqual(decodeView(encodeView(view)), view);
});

test("nonsense falls back to the default instead of reaching the service", () => {
  const view = decodeView("?sort=-password&limit=1000000&minutes=x&cores=yes&hide=&hide=a&hide=a");
  assert.deepEqual(view, { ...defaultView, hidden: ["a"] });
  for (const page of ["0", "-1", "1.5", "x", "1e9"]) {
    assert.deepEqual(decodeView(`?hosts-sort=-password&hosts-page=${page}&hosts-top=x`), defaultView);
  }
});

test("a filter is cut to 256 bytes without halving a character", () => {
  const cut = cutFilter(`x${"ü".repeat(200)}`);
  assert.equal(new TextEncoder().encode(cut).length, 255);
  assert.ok(!cut.includes("\ufffd"));
});

test("a series is hidden and shown again", () => {
  assert.deepEqual(toggleHidden(["b"], "a"), ["a", "b"]);
  assert.deepEqual(toggleHidden(["a", "b"], "a"), ["b"]);
});

test("a range that makes no sense is live", () => {
  for (const search of ["?from=now-1h", "?from=now&to=now-1h", "?from=yesterday&to=now", "?to=now"]) {
    assert.deepEqual(decodeView(search).range, { from: "", to: "" }, search);
  }
});

test("a link as Grafana writes it shows the same time", () => {
  const { range } = decodeView("?from=1795255200000&to=1795258800000");
  assert.deepEqual(range, { from: "2026-11-21T10:00:00Z", to: "2026-11-21T11:00:00Z" });
});

test("more expressions than there are places for, empty ones and a step that is none are left out", () => {
  const search = Array.from({ length: 12 }, (_, index) => `expr=${index === 0 ? "+" : index}`).join("&");
  const view = decodeView(`?page=nowhere&step=-5&${search}`);
  assert.equal(view.expressions.length, 8);
  assert.equal(view.expressions[0], "1");
  assert.equal(view.step, 0);
  assert.equal(view.page, "host");
});
