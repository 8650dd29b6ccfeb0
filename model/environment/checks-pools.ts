import { poolLabel } from "../kubernetes-names";
import type { Findings } from "../problems";
import type { Environment, WantedGroup } from "./types";

/** Names of groups of machines that are no pools. */
const reservedPools = ["bastion", "control-plane", "etcd", "nfs"];

/** Labels that nodes have without the file, and how it has a say in them. */
const reservedLabels: Readonly<Record<string, string>> = {
  "kubernetes.io/arch": "the machine's image and size decide it",
  "kubernetes.io/hostname": "it is the machine's name",
  "kubernetes.io/os": "it is linux",
  "node-role.kubernetes.io/control-plane": "control planes are declared at cluster.controlPlane",
  [poolLabel]: "name the pool like that",
  "topology.kubernetes.io/zone": "set the zone of its machines",
};

/** What can be wrong in a pool of workers by itself. */
export function checkPools(environment: Environment, findings: Findings): void {
  for (const group of environment.groups) if (group.roles.includes("worker")) checkPool(group, findings);
}

function checkPool(group: WantedGroup, findings: Findings): void {
  if (reservedPools.includes(group.name)) {
    findings.error(group.path, `"${group.name}" is the name of machines that belong to no pool`, "choose another name for the pool");
  }
  for (const [key, remedy] of Object.entries(reservedLabels)) {
    if (Object.hasOwn(group.labels, key)) {
      findings.error(`${group.path}.labels.${key}`, "is set without the file", `take it out; ${remedy}`, group.labels[key]);
    }
  }
  const names = group.volumes.map(({ name }) => name);
  for (const index of repeated(names))
    findings.error(
      `${group.path}.volumes.${index}.name`,
      "is the name of another volume of the pool already",
      "give each volume of a pool its own name",
      names[index],
    );
  const taints = group.taints.map((each) => each.replace(/=[^:]*/, ""));
  for (const index of repeated(taints))
    findings.error(`${group.path}.taints.${index}`, `is a second taint "${taints[index]}"`, "leave one of them", group.taints[index]);
}

/** The places of texts that stand in the list before. */
function repeated(texts: readonly string[]): number[] {
  return texts.flatMap((text, index) => (texts.indexOf(text) < index ? [index] : []));
}
