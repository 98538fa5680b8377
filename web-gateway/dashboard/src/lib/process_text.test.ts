import assert from "node:assert/strict";
import { test } from "node:test";
import { indentOf, ownerOf, ownerTitle } from "./process_text.ts";

const container = "0123456789abcdef0123456789abcdef";

test("a process belongs to its container, else to its unit", () => {
  assert.equal(ownerOf({ container, unit: "docker.service" }), "0123456789ab");
  assert.equal(ownerOf({ container: "", unit: "ssh.service" }), "ssh.service");
  assert.equal(ownerOf({ container: "", unit: "" }), "");
  assert.equal(ownerTitle({ container, unit: "docker.service" }), `${container}\ndocker.service`);
});

test("a tree stays on the page however deep it is", () => {
  assert.equal(indentOf({ depth: 0 }), 0);
  assert.equal(indentOf({ depth: 2 }), 2);
  assert.equal(indentOf({ depth: 100_000 }), indentOf({ depth: 12 }));
});
