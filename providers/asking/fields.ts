import type { EnvironmentPlan } from "../../model/plan/types";

/** The field that names a size, or what has it by default. */
export function sizePath({ machines }: EnvironmentPlan, size: string): string {
  const machine = machines.find((each) => each.size === size);
  const group = machine?.group ?? "";
  const field = { bastion: "infrastructure.access.bastion", nfs: "platform.storage", "control-plane": "cluster.controlPlane" }[group];
  const path = field ?? `cluster.pools.${group}`;
  const others = machines.some((each) => each.group === group && each.size !== size);
  return others ? `${path}.nodes.${machine?.key}.size` : `${path}.size`;
}

/** What is found for each name, once each. */
export function byName<T>(names: readonly string[], find: (name: string) => T): Record<string, T> {
  return Object.fromEntries([...new Set(names)].map((name) => [name, find(name)]));
}
