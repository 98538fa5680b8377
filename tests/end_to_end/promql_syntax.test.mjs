// What is no PromQL: queries with words missing, doubled, swapped and strange are refused as Prometheus refuses them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { Prometheus } from "./prometheus.mjs";
import { random } from "./promql_queries.mjs";
import { BUILD, PEERS } from "./stack.mjs";

const SEED = Number(process.env.SYSPULSE_TEST_SEED ?? 1);
const QUERIES = Number(process.env.SYSPULSE_TEST_QUERIES ?? 1500);
const AT_ONCE = 8;

// What Prometheus knows, by its words.
const WHOLE = [
  "sum by ( job , instance ) ( rate ( a { b = \"c\" , d !~ 'e|f' } [ 5m ] ) ) / on ( job ) group_left ( x ) g",
  "topk ( 3 , - a ^ 2 * b ) without ( c ) or quantile ( 0.9 , a:b ) > bool 1e3",
  "max_over_time ( ( a unless b ) [ 1h : 30s ] offset - 5m @ end() ) == 0x1f",
  'label_replace ( a @ 123.4 , "x" , `$1` , "y" , "(.*)" ) and ignoring ( z ) count_values ( "v" , b )',
  "histogram_quantile ( .5 , sum ( a ) by ( le ) ) atan2 vector ( time ( ) ) % scalar ( b )",
  "a [ 1y2w3d ] offset 1h30m",
  "round ( a , 0.1 ) != inf",
];
const STRANGE =
  '( ) { } [ ] , : + - * / % ^ @ == != > < >= <= = =~ !~ and or unless atan2 by without on ignoring group_left group_right bool offset start end sum topk rate time pi a a:b 1 017 0x 1e 1e999 5m 1m1h 5x 1.5h 0s inf NaN "s" \'t\' `u` "\\x4" "\\q" # . ! ~ $ é [5m] [5m:1m] {a="b"} {} ) (('.split(
    " ",
  );

/** A query of `WHOLE` with up to three words changed. */
function makeQuery(next) {
  const pick = (list) => list[Math.floor(next() * list.length)];
  const words = pick(WHOLE).split(" ");
  for (let changes = 1 + Math.floor(next() * 3); changes > 0; --changes) {
    const at = Math.floor(next() * words.length);
    const other = Math.floor(next() * words.length);
    const kind = Math.floor(next() * 4);
    if (kind === 0) words.splice(at, 1);
    if (kind === 1) words.splice(at, 0, pick(STRANGE));
    if (kind === 2) words[at] = pick(STRANGE);
    if (kind === 3) [words[at], words[other]] = [words[other], words[at]];
  }
  return words.join(next() < 0.5 ? " " : "  ");
}

async function errorOf(address, query) {
  const response = await fetch(`http://${address}/api/v1/query`, { method: "POST", body: new URLSearchParams({ query, time: 1 }) });
  return (await response.json()).error?.replace(/^invalid parameter "query": /, "") ?? "none";
}

/** What both say alike: Prometheus names things of Go, and where a letter stands for a colon it takes it for one. */
function inCommon(error) {
  return error
    .replace('"<Item 57385>" <op:@>', "<op:@>")
    .replace(/(error parsing (number|regexp):).*/, "$1 …")
    .replace(/\d+:\d+: parse error: (unexpected character: '\w', expected ':'|unexpected colon '\w')/, "letter in brackets");
}

test("what is no query is refused in Prometheus' words at Prometheus' places", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "syspulse-syntax-"));
  const next = random(SEED);
  const queries = Array.from({ length: QUERIES }, () => makeQuery(next));
  const ran = spawnSync(path.join(BUILD, "tests/promql-eval"), ["/dev/null"], {
    input: queries.map((query) => `instant\t1000\t${query}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  assert.equal(ran.status, 0, ran.stderr);
  const ours = ran.stdout.trim().split("\n").map((line) => JSON.parse(line).error ?? "none");
  assert.equal(ours.length, QUERIES);
  const theirs = [];
  const prometheus = await Prometheus.start(folder, []);
  try {
    for (let i = 0; i < QUERIES; i += AT_ONCE) {
      const some = queries.slice(i, i + AT_ONCE);
      theirs.push(...(await Promise.all(some.map((query) => errorOf(prometheus.address, query)))));
    }
  } finally {
    await prometheus.stop();
    rmSync(folder, { recursive: true });
  }
  const different = queries.flatMap((query, i) => {
    const [a, b] = [inCommon(ours[i]), inCommon(theirs[i])];
    return a === b || a === "letter in brackets" ? [] : [`${query}\n    ours:   ${ours[i]}\n    theirs: ${theirs[i]}`];
  });
  assert.equal(different.length, 0, `${different.length} of ${QUERIES} differ:\n${different.slice(0, 20).join("\n")}`);
  assert.ok(ours.filter((error) => error !== "none").length > QUERIES / 2, "most queries were right");
});
