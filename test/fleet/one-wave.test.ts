import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { fleetChange } from "../../fleet/fleet";
import { fleetPreview } from "../../fleet/look";
import type { RunnerEvent } from "../../fleet/runner";
import { temporaryFolders } from "../support/temporary";

const UP = { operation: "up" } as const;
const CHILD = join(__dirname, "..", "support", "fleet-runner-child.js");

describe("A fleet whose waves are brought up one by one", function () {
  this.timeout(60_000);
  const temporary = temporaryFolders();

  /** Two clusters, the second of which waits for an approval. */
  function twoClusters() {
    const root = temporary();
    mkdirSync(join(root, "environments"));
    for (const name of ["a", "b"])
      writeFileSync(join(root, "environments", `${name}.yaml`), stringify({ name, infrastructure: { provider: "openstack" } }));
    const waves = [
      { name: "canary", select: ["a"], bake: "1h" },
      { name: "rest", select: ["*"], approval: true },
    ];
    writeFileSync(join(root, "environments", "fleet.yaml"), stringify({ name: "two", environments: ["*"], waves, after: { b: ["a"] } }));
    return { file: undefined, root, sandbox: true, main: CHILD };
  }

  it("goes by one preview of all, and each time does the clusters of the wave that is named", async () => {
    const request = twoClusters();
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

  it("says of a run whose place is taken that it is not done", async () => {
    const request = twoClusters();
    const fleet = join(request.root, "environments", "fleet.yaml");
    writeFileSync(fleet, readFileSync(fleet, "utf8").replace("bake: 1h", "bake: 0s"));
    const told: string[] = [];
    const operator = {
      tell: (event: RunnerEvent) => void (event.event === "waiting" && /takes its place/.test(event.reason) && told.push(event.reason)),
    };
    assert.equal((await fleetChange(request, UP, operator))?.outcome, "paused");
    assert.deepEqual(told, []);
    assert.equal((await fleetChange(request, UP, operator))?.outcome, "paused");
    assert.match(told.join("\n"), /^the last up waits for an approval: what begins now takes its place/);
  });
});
