import { registry } from "../../files/registry";
import type { Placed } from "../../model/cloud";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import { groupPath } from "../../model/plan/input-field";
import type { EnvironmentPlan } from "../../model/plan/types";
import { type Problem, RefusedError } from "../../model/problems";
import { cloudOf } from "../../model/registry";
import { KUBESPRAY_CLUSTER } from "../../model/type-tokens";
import { nameOf } from "../events";
import { cloudOfResource, kindOf } from "./clouds";
import type { State, StateResource } from "./state";

/*
 * Some clouds make a server at once and find out later that they cannot: for want of room, or because a quota of volumes is used up. Such a server is
 * there and in error, and its provider takes it for made. One that never was a machine goes, and another is made; one that was stays, for an
 * error can pass, and it may be a member of etcd.
 */

/** A machine of the plan of which the cloud says that its server is in error. */
export interface DeadMachine {
  readonly machine: MachinePlan;
  readonly urn: string;
  /** The server's id. */
  readonly id: string;
  /** Whether it has been a machine: the cluster knows it, or its creation had ended well. */
  readonly lived: boolean;
}

/** The machines of the plan whose servers are in error, as last seen. `cluster`: the state that holds the cluster; undefined: there is none. */
export function deadMachines(plan: EnvironmentPlan, { deployment }: State, cluster: State | undefined): DeadMachine[] {
  const nodes = nodesOf(cluster?.deployment.resources?.find(({ type }) => type === KUBESPRAY_CLUSTER));
  return (deployment.resources ?? []).filter(isInError).flatMap(({ type, urn, id = "", initErrors }) => {
    const machine = plan.machines.find(({ name }) => name === machineName(plan.environment, urn));
    if (machine === undefined) return [];
    const isNode = machine.name in plan.cluster.nodes;
    return [{ machine, urn, id, lived: isNode ? nodes.get(machine.name) === id : !isUnmade({ type, urn }, initErrors) }];
  });
}

/** The name of the machine that a resource is. */
export function machineName(environment: string, urn: string): string {
  return nameOf(urn).replace(`${environment}-infrastructure-machine-`, "");
}

function isInError({ type, urn, delete: goes, outputs, initErrors }: StateResource): boolean {
  return kindOf({ type, urn }) === "machine" && goes !== true && (outputs?.powerState === "error" || isUnmade({ type, urn }, initErrors));
}

/** Whether a creation ended in an error of the server. */
function isUnmade(resource: Placed, errors: StateResource["initErrors"]): boolean {
  const words = cloudOfResource(resource)?.state?.unmade;
  return words !== undefined && errors?.some((error) => words.test(error)) === true;
}

/** The servers' ids of the nodes that the cluster was last brought to, by name. */
function nodesOf(cluster: StateResource | undefined): ReadonlyMap<string, unknown> {
  const nodes = cluster?.inputs?.nodes;
  if (typeof nodes !== "object" || nodes === null) return new Map();
  return new Map(Object.entries(nodes).map(([name, node]: [string, { readonly machineId?: unknown }]) => [name, node.machineId]));
}

/** Words for what becomes of those that never were machines. */
export function tellRemade(dead: readonly DeadMachine[]): string {
  const names = dead.map(({ machine }) => machine.key).join(", ");
  const [is, it] = dead.length === 1 ? ["is", "it"] : ["are", "each"];
  return `${names} ${is} in error in the cloud and never joined: ${it} is deleted and made again`;
}

/** @throws RefusedError naming each machine that was one, and is in error now */
export function refuseDead(plan: EnvironmentPlan, dead: readonly DeadMachine[]): void {
  const commands = cloudOf(plan.provider, registry).state?.commands;
  if (commands === undefined || dead.length === 0) return;
  const { show, remove } = commands;
  const problems = dead.map(({ machine, id }): Problem => {
    const { key, generation, group, name } = machine;
    const isNode = name in plan.cluster.nodes;
    const lost = isNode
      ? `raise its generation to ${generation + 1}, which builds another beside it`
      : `\`${remove(id)}\` and refresh, and the next \`up\` makes it again, with its data volumes`;
    return {
      environment: plan.environment,
      path: isNode ? `${groupPath(group)}.${key}` : groupPath(group),
      reason: `the server of ${key} (${id}) is in error, and it is in use: it is not replaced by itself`,
      remedy: `an error can pass: see \`${show(id)}\`, mend it, and run \`kpaas refresh ${plan.environment}\`; where it is lost, ${lost}`,
      severity: "error",
    };
  });
  if (problems.length > 0) throw new RefusedError(problems);
}

/**
 * URNs of the machines that never were one, to be deleted and made again.
 *
 * @param cluster reads the state that holds the cluster
 * @throws RefusedError where one that was is in error now
 */
export async function machinesToRemake(
  plan: EnvironmentPlan,
  state: State,
  cluster: () => Promise<State | undefined>,
  tell: (text: string) => void,
): Promise<string[]> {
  if (deadMachines(plan, state, undefined).length === 0) return [];
  const dead = deadMachines(plan, state, await cluster());
  refuseDead(
    plan,
    dead.filter(({ lived }) => lived),
  );
  tell(tellRemade(dead));
  return dead.map(({ urn }) => urn);
}

/** Within a program: has these go before they are made again, since their ports serve one machine at a time. No other machine goes first, ever. */
export async function deleteFirst(urns: readonly string[]): Promise<void> {
  if (urns.length === 0) return;
  const names = urns.map(nameOf);
  const { runtime } = await import("@pulumi/pulumi");
  runtime.registerStackTransformation(({ type, name, props, opts }) =>
    kindOf({ type }) === "machine" && names.includes(name) ? { props, opts: { ...opts, deleteBeforeReplace: true } } : undefined,
  );
}
