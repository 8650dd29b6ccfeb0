import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GO_PARTS, OPTIONAL_PARTS, placeOf, SCRIPT_PARTS, scriptPlace, sources } from "../../dev/nodes/parts";
import { inRegistry, platformVariables } from "../../dev/nodes/platform-images";

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
    const parts = [...SCRIPT_PARTS, ...OPTIONAL_PARTS];
    for (const part of parts) assert.ok(existsSync(join(sources, `${part}.sh`)), part);
    assert.equal(new Set(parts.map(scriptPlace)).size, parts.length);
  });

  it("has images by the catalogue's names, without their home and digest", () => {
    assert.equal(inRegistry("docker.io/library/mariadb:12.0.2"), "library/mariadb 12.0.2");
    assert.equal(inRegistry("registry.k8s.io/a/b:v1@sha256:0"), "a/b v1");
    assert.throws(() => inRegistry("mariadb"), /no image with home and tag/);
    const variables = platformVariables({ HOME: "/home/u" });
    assert.match(String(variables.MARIADB_IMAGE), /^library\/mariadb \d/);
    assert.match(String(variables.OPENBAO), /^\/home\/u\/\.cache\/kpaas\/openbao\/[\d.]+\/bao$/);
  });
});
