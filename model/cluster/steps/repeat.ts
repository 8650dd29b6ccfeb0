import type { ClusterStep } from "../types";
import { joinsMembers } from "./members";

/** The runs that a step takes where an earlier run on the cluster broke off. */
export function repeated(step: ClusterStep): readonly ClusterStep[] {
  if (joinsMembers(step)) return [beginAnnounced(step), step];
  // It takes a node without pods for one that somebody else has emptied, whom it is left to: neither drained nor given back.
  if (step.playbook === "upgrade-cluster") return [{ ...step, extraVars: { ...step.extraVars, upgrade_node_always_cordon: true } }];
  return [step];
}

/**
 * An etcd to which a member was announced that never began may be without quorum, and kubespray would found another one on the hosts that
 * join.
 */
function beginAnnounced(step: ClusterStep): ClusterStep {
  return {
    ...step,
    id: `${step.id}-announced`,
    playbook: "etcd-announced",
    limit: step.inventory.etcd,
    extraVars: {},
    nodes: step.inventory.etcd,
    reason: "members of etcd that were announced begin before the run that broke off is repeated",
    precondition: "every etcd host answers",
    check: "etcd has its quorum",
  };
}
