import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clouds } from "../../providers/clouds";

const ROOT = join(__dirname, "..", "..", "..");

/** All files of a folder as one text; empty where it is not there. */
function textOf(...path: string[]): string {
  const folder = join(ROOT, ...path);
  const files = readdirSync(join(ROOT, ...path.slice(0, -1))).includes(path.at(-1) ?? "") ? readdirSync(folder) : [];
  return files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
}

describe("a cloud that puts the flows into rules of its own", () => {
  it("has a table of what it lets through beyond the others, and is held against them", () => {
    const putting = Object.keys(clouds).filter((name) => textOf("providers", name).includes("expandFlows("));
    assert.ok(putting.includes("openstack") && putting.includes("aws"), putting.join());
    // OpenStack is what all others are held against.
    for (const name of putting.filter((each) => each !== "openstack"))
      assert.match(
        textOf("test", "providers", name),
        /EXTRAS[\s\S]*(openstackFirewall|passesAsOnOpenstack)/,
        `test/providers/${name}/reachability.test.ts`,
      );
  });
});
