import { poolLabel } from "../kubernetes-names";
import { taintParts, tolerates } from "../placement";
import type { Findings } from "../problems";
import type { Environment, WantedGroup, WantedService } from "./types";

/** The taint and the label that kubespray gives control planes. */
const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

/** Labels that every node has, with values that only its machine decides. */
const OF_MACHINES = ["kubernetes.io/hostname", "kubernetes.io/arch", "topology.kubernetes.io/zone", "node.kubernetes.io/instance-type"];

/** Nodes with the same labels and taints. */
interface Nodes {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly string[];
}

/** Some nodes must take the pods of a service that may not run anywhere, or they would wait for ever. */
export function checkPlacement({ path, nodeSelector, tolerations = [] }: WantedService, { groups }: Environment, findings: Findings): void {
  const nodes = groups.flatMap(nodesOf);
  if (tolerations.length > 0)
    for (const [index, taint] of tolerations.entries())
      if (!nodes.some(({ taints }) => taints.some((each) => tolerates([taint], each))))
        findings.warn(`${path}.tolerations.${index}`, "is a taint that no pool has", "take it out, or give it to a pool's taints", taint);
  if (nodeSelector === undefined) return;
  const labelled = nodes.filter(({ labels }) =>
    Object.entries(nodeSelector).every(([key, value]) => OF_MACHINES.includes(key) || labels[key] === value),
  );
  if (labelled.length === 0) {
    const known = [...new Set(nodes.flatMap(({ labels }) => Object.entries(labels).map(([key, value]) => `${key}: ${value}`)))];
    findings.error(
      `${path}.nodeSelector`,
      "no pool has all of these labels, so its pods would run nowhere",
      `give them to the labels of a pool, or choose among those that nodes have: ${known.join(", ")}`,
    );
    return;
  }
  if (labelled.some(({ taints }) => taints.every((taint) => isSoft(taint) || tolerates(tolerations, taint)))) return;
  const [first] = labelled;
  const missing = first?.taints.filter((taint) => !isSoft(taint) && !tolerates(tolerations, taint)) ?? [];
  findings.error(
    `${path}.tolerations`,
    `the nodes of ${first?.name} have the labels of its nodeSelector, and the taints ${missing.join(", ")}, which keep its pods away`,
    `name these taints in tolerations`,
  );
}

/** Whether pods may run there all the same. */
function isSoft(taint: string): boolean {
  return taintParts(taint).effect === "PreferNoSchedule";
}

function nodesOf({ name, roles, labels, taints, machines }: WantedGroup): Nodes[] {
  if (machines.length === 0) return [];
  const own = { ...labels, "kubernetes.io/os": "linux" };
  if (roles.includes("worker")) return [{ name: `the pool ${name}`, labels: { ...own, [poolLabel]: name }, taints }];
  if (!roles.includes("control-plane")) return [];
  return [{ name: "the control planes", labels: { ...own, [CONTROL_PLANE]: "" }, taints: [...taints, `${CONTROL_PLANE}:NoSchedule`] }];
}
