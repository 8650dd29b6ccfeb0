import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { fleetChange } from "../../fleet/fleet";
import { fleetPreview } from "../../fleet/look";
import { temporaryFolders } from "../support/temporary";

const UP = { operation: "up" } as const;
const CHILD = join(__dirname, "..", "support", "fleet-runner-child.js");

describe("A fleet whose waves are brought up one by one", function () {
  this.timeout(60_000);
  const temporary = temporaryFolders();

  it("goes by one preview of all, and each time does the clusters of the wave that is named", async () => {
    const root = temporary();
    mkdirSync(join(root, "environments"));
    for (const name of ["a", "b"])
      writeFileSync(join(root, "environments", `${name}.yaml`), stringify({ name, infrastructure: { provider: "openstack" } }));
    const waves = [
      { name: "canary", select: ["a"], bake: "1h" },
      { name: "rest", select: ["*"], approval: true },
    ];
    writeFileSync(join(root, "environments", "fleet.yaml"), stringify({ name: "two", environments: ["*"], waves, after: { b: ["a"] } }));
    const request = { file: undefined, root, sandbox: true, main: CHILD };
    const operator = { tell: () => undefined };
    const saved = { file: "preview.json", content: JSON.stringify(await fleetPreview(request, UP, operator)) };
    for (const [wave, cluster] of [
      ["canary", "a"],
      ["rest", "b"],
    ] as const) {
      const report = await fleetChange({ ...request, wave }, UP, operator, saved);
      assert.equal(report?.outcome, "done");
      assert.deepEqual(
        report.clusters.map(({ name, status }) => [name, status]),
        [[cluster, "done"]],
      );
    }
  });
});
