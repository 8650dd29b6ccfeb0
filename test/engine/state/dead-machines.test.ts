import assert from "node:assert/strict";
import { deadMachines, refuseDead, tellRemade } from "../../../engine/state/dead-machines";
import type { State, StateResource } from "../../../engine/state/state";
import { RefusedError } from "../../../model/problems";
import { KUBESPRAY_CLUSTER } from "../../../model/type-tokens";
import { samplePlan } from "../../support/plan";

const plan = samplePlan("highAvailability");
const FAILED = ["creating …: Error waiting for instance (s) to become ready: unexpected state 'ERROR', wanted target 'ACTIVE'."];

const server = (name: string, more: Partial<StateResource>): StateResource => ({
  urn: `urn:pulumi:seoul::kpaas::kpaas:openstack:Infrastructure$openstack:compute/instance:Instance::seoul-infrastructure-machine-${name}`,
  type: "openstack:compute/instance:Instance",
  id: `server-of-${name}`,
  ...more,
});
const cluster = (...names: string[]): State => ({
  deployment: {
    resources: [
      {
        ...{ urn: "urn:pulumi:seoul::kpaas::kpaas:kubespray:Cluster::seoul", type: KUBESPRAY_CLUSTER },
        inputs: { nodes: Object.fromEntries(names.map((name) => [name, { machineId: `server-of-${name}` }])) },
      },
    ],
  },
});
const dead = (servers: readonly StateResource[], known?: State) =>
  deadMachines(plan, { deployment: { resources: [...servers] } }, known).map(({ machine, lived }) => [machine.key, lived]);
const inError = (name: string) => server(name, { outputs: { powerState: "error" } });

describe("A machine whose server is in error", () => {
  it("is made again where it never joined the cluster, whether or not the run that made it has ended since", () => {
    const failed = server("cp-2", { initErrors: FAILED, outputs: { powerState: "active" } });
    assert.deepEqual(dead([failed, inError("general-1")]), [
      ["cp-2", false],
      ["general-1", false],
    ]);
    assert.deepEqual(dead([inError("general-1")], cluster("cp-1", "general-2")), [["general-1", false]]);
  });

  it("is another one than the cluster's node of its name where that has another server", () => {
    const rebuilt = { ...inError("general-1"), id: "another" };
    assert.deepEqual(dead([rebuilt], cluster("general-1")), [["general-1", false]]);
  });

  it("stays where the cluster knows it, and so does one beside the cluster that had been made", () => {
    assert.deepEqual(dead([inError("cp-1"), inError("bastion")], cluster("cp-1")), [
      ["cp-1", true],
      ["bastion", true],
    ]);
    assert.deepEqual(dead([server("bastion", { initErrors: FAILED })], cluster("cp-1")), [["bastion", false]]);
  });

  it("is none where it works, where it goes anyway, or where the plan has no such machine", () => {
    const servers = [server("cp-1", { outputs: { powerState: "shutoff" } }), { ...inError("cp-2"), delete: true }, inError("former")];
    assert.deepEqual(dead(servers, cluster("cp-1", "cp-2")), []);
  });

  it("is named with the way out: for a node another generation, for others the server's deletion by hand", () => {
    const lived = deadMachines(plan, { deployment: { resources: [inError("general-1"), inError("bastion")] } }, cluster("general-1"));
    assert.throws(
      () => refuseDead(plan, lived),
      (error) => {
        assert.ok(error instanceof RefusedError);
        const [node, bastion] = error.problems;
        assert.equal(node?.path, "cluster.pools.general.nodes.general-1");
        assert.match(node?.remedy ?? "", /kpaas refresh seoul.*raise its generation to 2/);
        assert.equal(bastion?.path, "infrastructure.access.bastion");
        assert.match(bastion?.remedy ?? "", /openstack server delete server-of-bastion/);
        return true;
      },
    );
    assert.match(tellRemade(lived), /^general-1, bastion are in error .* each is deleted and made again$/);
  });
});
