import type { Environment, WantedGroup, WantedMachine } from "./types";

/** The path of one machine's field, or of the number that declares it. */
export function machinePath(group: WantedGroup, machine: WantedMachine, field?: string): string {
  if (field && machine.host) return `${machine.host.path}.${field}`;
  const declared = isOwn(group) ? group.path : `${group.path}.nodes`;
  return field ? `${declared}.${machine.key}.${field}` : declared;
}

/** Whether the machines beside the cluster are meant, whose keys the file does not choose. */
export function isOwn(group: WantedGroup): boolean {
  return group.roles.includes("bastion") || group.roles.includes("nfs");
}

/** Every machine of the file with the group it was declared in. */
export function everyMachine(environment: Environment): { group: WantedGroup; machine: WantedMachine }[] {
  return environment.groups.flatMap((group) => group.machines.map((machine) => ({ group, machine })));
}
