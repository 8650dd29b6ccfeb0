import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GO_PARTS, placeOf, SCRIPT_PARTS, scriptPlace, sources } from "../../dev/nodes/parts";

describe("what nodes are made of", () => {
  it("is pinned: each program's version by its Go module, whose own dependencies have checksums", () => {
    for (const part of Object.values(GO_PARTS)) {
      const { module, version, root } = placeOf(part);
      assert.match(version, /^\d+\.\d+\.\d+$/, part.name);
      assert.ok(root.endsWith(`${part.name}-${version}`));
      assert.ok(readFileSync(join(module, "go.sum"), "utf8").includes(` v${version} h1:`), part.name);
    }
  });

  it("comes with the scripts that make the rest", () => {
    for (const part of SCRIPT_PARTS) assert.ok(existsSync(join(sources, `${part}.sh`)), part);
    assert.equal(new Set(SCRIPT_PARTS.map(scriptPlace)).size, SCRIPT_PARTS.length);
  });
});
