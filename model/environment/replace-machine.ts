import { at, fields, isFields } from "../data";
import { isNode } from "../plan/cluster";
import type { MachinePlan } from "../plan/infrastructure-types";
import { groupPath } from "../plan/input-field";
import type { EnvironmentPlan } from "../plan/types";
import { nearest } from "../problems";

/** Fields of the environment file to set, or to take out where `value` is undefined. */
interface Change {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** What of the file makes another machine take a machine's place, or why there is no such thing. */
export type Replacement =
  | { readonly changes: readonly Change[] }
  | { readonly path: string; readonly reason: string; readonly remedy: string };

/** The machine that a key, or the name of its node, stands for. */
export function machineOf(plan: EnvironmentPlan, key: string): MachinePlan | undefined {
  return plan.machines.find((machine) => machine.key === key) ?? plan.machines.find((machine) => machine.name === key);
}

/**
 * Raises the generation of a machine, so that it is built anew beside the old one. A number of machines becomes the map of their keys.
 * @param content the fields of the file, bases merged in
 */
export function raiseGeneration(content: unknown, plan: EnvironmentPlan, key: string): Replacement {
  const machine = machineOf(plan, key);
  if (!machine) return unknownMachine(plan, key);
  if (!isNode(machine)) {
    return {
      path: groupPath(machine.group),
      reason: `${machine.key} is no node of the cluster, and has no generation`,
      remedy: "it is built anew when its image or size changes: see `kpaas preview`",
    };
  }
  const path = groupPath(machine.group).split(".");
  const generation = machine.generation + 1;
  if (isFields(at(content, groupPath(machine.group))))
    return { changes: [{ path: [...path, machine.key, "generation"], value: generation }] };
  const keys = plan.machines.filter(({ group }) => group === machine.group).map((each) => each.key);
  const nodes = Object.fromEntries(keys.sort(byNumber).map((each) => [each, each === machine.key ? { generation } : {}]));
  return { changes: [{ path, value: nodes }] };
}

/**
 * Puts another host in the place of one, where hosts are there beforehand and none can be built.
 * @param host the key of the other one; undefined: it was not said which
 */
export function replaceHost(content: unknown, plan: EnvironmentPlan, key: string, host: string | undefined): Replacement {
  const machine = machineOf(plan, key);
  if (!machine) return unknownMachine(plan, key);
  const field = "infrastructure.existing.hosts";
  const names = Object.keys(fields(at(content, field)));
  const free = names.filter((name) => !plan.machines.some((each) => each.key === name));
  const told = free.length > 0 ? `hosts that are free: ${free.join(", ")}` : "no host in the file is free";
  if (host === undefined) {
    return {
      path: field,
      reason: `hosts that are there are not built anew: another one has to take the place of ${machine.key} (${told})`,
      remedy: `add a host there where none is free, then name it: \`kpaas cluster replace-node ${plan.environment} ${machine.key} --with HOST\``,
    };
  }
  if (!names.includes(host))
    return { path: field, reason: `there is no host ${host} (${told})`, remedy: suggestion(host, names, "add it there") };
  const taken = plan.machines.find((each) => each.key === host);
  if (taken)
    return { path: `${field}.${host}`, reason: `is in use already, as ${taken.roles.join(", ")}`, remedy: `name another one: ${told}` };
  if (!isNode(machine)) {
    return {
      path: field,
      reason: `${machine.key} is no node of the cluster`,
      remedy: `name ${host} in its place by hand: ${groupPath(machine.group)}`,
    };
  }
  const path = groupPath(machine.group).split(".");
  const { generation: _generation, ...settings } = fields(fields(at(content, groupPath(machine.group)))[machine.key]);
  return {
    changes: [
      { path: [...path, host], value: settings },
      { path: [...path, machine.key], value: undefined },
    ],
  };
}

function unknownMachine(plan: EnvironmentPlan, key: string): Replacement {
  const keys = plan.machines.filter(isNode).map((machine) => machine.key);
  return { path: "", reason: `there is no machine ${key}`, remedy: suggestion(key, keys, `its nodes are ${keys.join(", ")}`) };
}

function suggestion(name: string, known: readonly string[], otherwise: string): string {
  const near = nearest(name, known);
  return near === undefined ? otherwise : `did you mean ${near}?`;
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
