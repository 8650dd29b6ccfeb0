import { poolLabel } from "../kubernetes-names";
import type { Findings } from "../problems";
import { isSystemFolder } from "./system-folders";
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
  for (const group of environment.groups) if (group.roles.includes("worker")) checkPool(group, environment.access.sshUser, findings);
}

function checkPool(group: WantedGroup, user: string, findings: Findings): void {
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
  for (const [index, { mount, fileSystem }] of group.volumes.entries()) {
    const path = `${group.path}.volumes.${index}`;
    if (mount === undefined && fileSystem !== undefined)
      findings.error(
        `${path}.fileSystem`,
        "is made where the volume is mounted, and it is not",
        "give it a mount, or take this out",
        fileSystem,
      );
    if (mount !== undefined && isSystemFolder(mount, user))
      findings.error(
        `${path}.mount`,
        "is a folder of the machine's own system, and the volume would be mounted over it",
        "choose a folder of its own",
        mount,
      );
  }
  const mounts = group.volumes.map(({ mount, name }) => mount ?? `not mounted: ${name}`);
  for (const index of repeated(mounts))
    findings.error(
      `${group.path}.volumes.${index}.mount`,
      "is where another volume of the pool is mounted",
      "give each its own folder",
      mounts[index],
    );
  const taints = group.taints.map((each) => each.replace(/=[^:]*/, ""));
  for (const index of repeated(taints))
    findings.error(`${group.path}.taints.${index}`, `is a second taint "${taints[index]}"`, "leave one of them", group.taints[index]);
}

/** The places of texts that stand in the list before. */
export function repeated(texts: readonly string[]): number[] {
  return texts.flatMap((text, index) => (texts.indexOf(text) < index ? [index] : []));
}
