import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");

describe("imports", () => {
  it("point one way, as dev/dependency-cruiser.cjs lays down", () => {
    const { stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "dev", "imports.mjs"), "--json"], { encoding: "utf8", cwd: ROOT });
    assert.equal(stderr, "");
    const { modules, violations } = JSON.parse(stdout);
    assert.deepEqual(violations, []);
    assert.ok(modules > 100, `only ${modules} modules were looked at`);
  });
});
