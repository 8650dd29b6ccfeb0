import type { Playbook } from "../../../model/cluster/playbooks";
import { joinsMembers } from "../../../model/cluster/steps/members";
import type { ClusterStep } from "../../../model/cluster/types";

/**
 * Playbooks that leave a cluster worse off when they are broken off than when they are brought to their end: in between, a control plane is
 * half upgraded, a member of etcd half there or half gone, or a host drained and not given back. All others are run again from their
 * beginning.
 */
const UNBREAKABLE: ReadonlySet<Playbook> = new Set<Playbook>([
  "upgrade-cluster",
  "remove-node",
  "recover-control-plane",
  "renew-certificates",
  "firewall",
  "etcd-restore",
  "etcd-members",
  "etcd-clients",
  "move-endpoint",
  "switch-runtime",
  "reboot",
  "patch",
]);

/** Whether a step's playbook is brought to its end when it is to be broken off. */
export function cannotBreakOff(step: ClusterStep): boolean {
  return UNBREAKABLE.has(step.playbook) || joinsMembers(step);
}
