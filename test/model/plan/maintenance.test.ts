import assert from "node:assert/strict";
import { compileSteps } from "../../../model/cluster/steps/compile";
import { describeStep } from "../../../model/cluster/steps/describe";
import { checkMaintenance } from "../../../model/environment/checks-maintenance";
import { Findings } from "../../../model/problems";
import { environmentFile, planFile, plannedFile } from "../../support/environment";

const fileOf = (controlPlane: object, worker: object) => environmentFile({ cluster: { controlPlane, pools: { worker } } });
const stands = plannedFile(fileOf({ nodes: 3 }, { nodes: 2 }));
const runs = (controlPlane: object, worker: object): string[] => {
  const { plan } = plannedFile(fileOf({ nodes: 3, ...controlPlane }, { nodes: 2, ...worker }), stands.lock);
  return compileSteps(stands.plan.cluster, plan.cluster).steps.map(describeStep);
};

describe("What is done to all machines of a group", () => {
  it("builds each one anew whose own generation is lower", () => {
    const nodes = { a: {}, b: { generation: 3 }, c: { generation: 1 } };
    const { plan } = plannedFile(fileOf({ generation: 2 }, { nodes, generation: 2 }));
    assert.deepEqual(
      plan.machines.map(({ name }) => name).filter((name) => name !== "nfs"),
      ["cp-1-g2", "a-g2", "b-g3", "c-g2"],
    );
    assert.deepEqual(runs({}, { generation: 2 }), [
      "facts.yml",
      "scale.yml --limit worker-1-g2,worker-2-g2",
      "remove-node.yml -e node=worker-1 -e skip_confirmation=true -e flush_iptables=false",
      "remove-node.yml -e node=worker-2 -e skip_confirmation=true -e flush_iptables=false",
    ]);
  });

  it("patches and reboots them one after another, once", () => {
    const since = "2026-03-01T02:00:00+09:00";
    const asked = [{ maintenance: { reboot: "2026-03-01" } }, { maintenance: { patch: since, reboot: since } }] as const;
    assert.deepEqual(runs(...asked), [
      ...["cp-1", "cp-2", "cp-3"].map((name) => `reboot.yml --limit ${name} -e since=2026-03-01T00:00:00Z`),
      ...["worker-1", "worker-2"].flatMap((name) =>
        ["patch", "reboot"].map((playbook) => `${playbook}.yml --limit ${name} -e since=${since}`),
      ),
    ]);
    const { cluster } = plannedFile(fileOf({ nodes: 3, ...asked[0] }, { nodes: 2, ...asked[1] }), stands.lock).plan;
    assert.deepEqual(compileSteps(cluster, cluster).steps, []);
    assert.deepEqual(compileSteps(cluster, stands.plan.cluster).steps, [], "taken out of the file again");
  });

  it("takes days of the calendar that have come", () => {
    const wrong = (reboot: string) =>
      planFile(fileOf({}, { maintenance: { reboot } })).problems.filter(({ severity }) => severity === "error");
    for (const text of ["2026-02-30", "2026-3-1", "2026-03-01T02:00", "now"])
      assert.deepEqual(
        wrong(text).map(({ path }) => path),
        ["cluster.pools.worker.maintenance.reboot"],
        text,
      );
    const [group] = [{ path: "cluster.pools.worker", maintenance: { reboot: "2026-03-02T00:00:00Z" } }];
    for (const [today, refused] of [
      ["2026-03-01", true],
      ["2026-03-02", false],
    ] as const) {
      const findings = new Findings();
      checkMaintenance({ groups: [group] }, today, findings);
      assert.equal(findings.hasErrors, refused);
    }
  });
});
