import assert from "node:assert/strict";
import { applyStep } from "../../../model/cluster/simulate/apply";
import { PlaybookFailure } from "../../../model/cluster/simulate/state";
import type { ClusterStep } from "../../../model/cluster/types";
import { cluster, worker } from "./fixtures";
import { created } from "./walk";

const three = cluster(undefined, {}, 3);
const step = (changes: Partial<ClusterStep>): ClusterStep => ({
  id: "1",
  kubespray: "v2.29.0",
  playbook: "cluster",
  limit: [],
  tags: [],
  extraVars: {},
  nodes: [],
  reason: "",
  precondition: "",
  check: "",
  inventory: three,
  reaches: three,
  ...changes,
});
const removal = (node: string, extra = {}) => step({ playbook: "remove-node", extraVars: { node, skip_confirmation: true, ...extra } });

describe("The simulated kubespray", () => {
  const world = created(three);
  const refuses = (run: () => unknown, message: RegExp) =>
    assert.throws(run, (error) => error instanceof PlaybookFailure && message.test(error.message));

  it("refuses a limit while facts of other hosts are missing", () => {
    const wanted = { ...three, nodes: { ...three.nodes, "worker-3": worker("worker-3", 3) } };
    refuses(() => applyStep({ ...world, facts: [] }, step({ playbook: "scale", limit: ["worker-3"] }), wanted), /run facts.yml first/);
  });

  it("refuses to remove the first control plane, and a node that is not in the inventory", () => {
    refuses(() => applyStep(world, removal("cp-1"), three), /first control plane/);
    refuses(() => applyStep(world, removal("worker-9"), three), /still be in the inventory/);
    refuses(() => applyStep(world, step({ playbook: "remove-node", extraVars: { node: "worker-1" } }), three), /confirmation/);
  });

  it("refuses to drain a node that does not answer, unless it is given up", () => {
    assert.ok(world.cluster?.nodes["worker-1"]);
    const down = {
      ...world,
      cluster: { ...world.cluster, nodes: { ...world.cluster.nodes, "worker-1": { ...world.cluster.nodes["worker-1"], ready: false } } },
    };
    refuses(() => applyStep(down, removal("worker-1"), three), /does not answer/);
    const after = applyStep(down, removal("worker-1", { reset_nodes: false, allow_ungraceful_removal: true }), three);
    assert.equal(after.cluster?.nodes["worker-1"], undefined);
  });

  it("refuses scale.yml for control-plane nodes and cluster.yml for upgrades and changed pools", () => {
    const one = cluster();
    refuses(() => applyStep(created(one), step({ playbook: "scale", limit: ["cp-2", "cp-3"] }), three), /workers only/);
    refuses(() => applyStep(world, step({}), { ...three, kubernetes: "1.33.4" }), /does not upgrade/);
    refuses(() => applyStep(world, step({}), { ...three, variables: { kube_pods_subnet: "10.0.0.0/16" } }), /kube_pods_subnet/);
  });

  it("refuses what kubespray's validation refuses: versions without checksums and even etcd", () => {
    refuses(() => applyStep({ facts: [] }, step({}), { ...three, kubernetes: "1.30.0" }), /no checksums/);
    const even = { ...three, etcd: ["cp-1", "cp-2"] };
    const labels = { tags: ["node-label", "node-taint"] };
    for (const refused of [{}, { playbook: "facts" as const }, labels])
      refuses(() => applyStep({ facts: [] }, step({ ...refused, kubespray: "v2.29.0" }), even), /even number/);
    const facts = step({ playbook: "facts", kubespray: "v2.28.0" });
    assert.deepEqual(applyStep({ facts: [] }, facts, { ...even, kubernetes: "1.32.5" }).facts, Object.keys(three.nodes));
  });

  it("refuses a host of the limit that is in no group: Ansible would pass it over", () => {
    const prepare = step({ playbook: "prepare-nodes", limit: ["worker-9"] });
    const inventory = { ...three, nodes: { ...three.nodes, "worker-9": { ...worker("worker-9", 9), roles: ["control-plane" as const] } } };
    refuses(() => applyStep(world, prepare, inventory), /worker-9 is in no group/);
  });

  it("leaves nothing after a confirmed reset", () => {
    refuses(() => applyStep(world, step({ playbook: "reset" }), three), /confirmation/);
    assert.deepEqual(applyStep(world, step({ playbook: "reset", extraVars: { reset_confirmation: true } }), three), { facts: [] });
  });
});
