import assert from "node:assert/strict";
import type { Playbook } from "../../../model/cluster/playbooks";
import { quorumRisk, stoppedMembers } from "../../../model/cluster/steps/quorum";
import type { ClusterStep } from "../../../model/cluster/types";
import { cluster, worker } from "./fixtures";

describe("a step that stops members of etcd", () => {
  const names = ["cp-1", "cp-2", "cp-3"];
  const spec = (etcd: readonly string[]) => cluster({ "worker-1": worker("worker-1", 1) }, {}, etcd.length);
  const step = (playbook: Playbook, nodes: readonly string[], etcd = names): ClusterStep => ({
    ...{ id: "1", kubespray: "v2.29.0", playbook, limit: playbook === "remove-node" ? [] : nodes, tags: [], extraVars: {}, nodes },
    ...{ reason: "", precondition: "", check: "", inventory: spec(etcd), reaches: spec(etcd) },
  });
  const members = (ill: readonly string[], all = names) => all.map((name) => ({ name, healthy: !ill.includes(name) }));

  it("stops those that it reboots, upgrades or takes out, where others are to go on", () => {
    assert.deepEqual(stoppedMembers(step("remove-node", ["cp-2"])), ["cp-2"]);
    assert.deepEqual(stoppedMembers(step("reboot", ["cp-1", "worker-1"])), ["cp-1"]);
    assert.deepEqual(stoppedMembers(step("upgrade-cluster", [])), names);
    for (const none of [step("reboot", ["worker-1"]), step("cluster", []), step("remove-node", ["cp-1"], ["cp-1"])])
      assert.deepEqual(stoppedMembers(none), []);
  });

  it("may begin where the others are a quorum, or it stops what does not work", () => {
    for (const [of, ill] of [
      [step("remove-node", ["cp-2"]), []],
      [step("remove-node", ["cp-3"]), ["cp-3"]],
      [step("reboot", ["worker-1"]), ["cp-2", "cp-3"]],
      [step("cluster", []), ["cp-3"]],
    ] as const)
      assert.equal(quorumRisk(of, members(ill)), undefined);
    const five = [...names, "cp-4", "cp-5"];
    assert.equal(quorumRisk(step("upgrade-cluster", ["cp-1"], five), members(["cp-5"], five)), undefined);
    // Between two steps of a change there may be two.
    assert.equal(quorumRisk(step("remove-node", ["cp-2"], ["cp-1", "cp-2"]), members([], ["cp-1", "cp-2"])), undefined);
  });

  it("may take out one that does not work whatever etcd calls it: one that never began has no name there", () => {
    const four = [...names, "cp-4"];
    const out = step("remove-node", ["cp-4"], four);
    const at = (name: string) => out.inventory.nodes[name]?.address ?? "";
    const seen = (nameOf: (name: string) => string) =>
      four.map((name) => ({ name: nameOf(name), address: at(name), healthy: name !== "cp-4" }));
    for (const nameOf of [(name: string) => (name === "cp-4" ? at(name) : name), (name: string) => `${name}.example.com`])
      assert.equal(quorumRisk(out, seen(nameOf)), undefined);
    assert.match(
      quorumRisk(
        step("remove-node", ["cp-3"], four),
        seen((name) => name),
      ) ?? "",
      /it stops cp-3/,
    );
  });

  it("may not where they would be none, and nobody tells", () => {
    assert.match(
      quorumRisk(step("remove-node", ["cp-2"]), members(["cp-3"])) ?? "",
      /it stops cp-2, and etcd would have 1 of 3 members left, .* because of cp-3/,
    );
    for (const playbook of ["reboot", "patch", "switch-runtime", "upgrade-cluster"] as const)
      assert.match(quorumRisk(step(playbook, ["cp-1"]), members(["cp-2"])) ?? "", /it stops cp-1/);
    assert.match(quorumRisk(step("upgrade-cluster", []), members(["cp-1"])) ?? "", /it stops cp-2, cp-3/);
    assert.match(quorumRisk(step("reboot", ["cp-1"]), []) ?? "", /no member of etcd tells how the others are/);
  });
});
