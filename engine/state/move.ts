import { z } from "zod";
import { LAYERS, type Layer, stackName } from "../../model/layers";
import type { EnvironmentPlan } from "../../model/plan/types";
import { RefusedError } from "../../model/problems";
import { CLUSTER, ENVIRONMENT, isInfrastructure, KUBESPRAY_CLUSTER, PLATFORM } from "../../model/type-tokens";
import { StackBusyError } from "../errors";
import { type PendingStack, rememberMore } from "./pending";
import { CLUSTER_PROVIDER, changeDependencies, type PendingOperation, parseState, STACK, type State, type StateResource } from "./state";

/*
 * Moves an environment's state from one stack into the three of its layers. Resources keep their types, names and parents; only the stack's
 * name in their URNs changes, and what one layer knew of another becomes the contract between them.
 */

const clusterInputsSchema = z.looseObject({
  nodes: z.record(z.string(), z.looseObject({ machineId: z.string(), dialAddress: z.string() })),
  ssh: z.looseObject({
    user: z.string(),
    privateKey: z.unknown(),
    bastion: z.looseObject({ address: z.unknown(), user: z.string() }).optional(),
  }),
});

/** What the stack of a layer is to hold. */
export interface LayerState {
  readonly resources: readonly StateResource[];
  /** Operations of which the end is not known yet. */
  readonly open: readonly PendingOperation[];
}

/** The states of the three layers' stacks, made from the one that holds all. Pure. */
export function splitResources(
  plan: EnvironmentPlan,
  resources: readonly StateResource[],
  open: readonly PendingOperation[] = [],
): Readonly<Record<Layer, LayerState>> {
  const split = (layer: Layer) => splitLayer(plan, layer, resources, open);
  return { infrastructure: split("infrastructure"), cluster: split("cluster"), platform: split("platform") };
}

function splitLayer(
  plan: EnvironmentPlan,
  layer: Layer,
  resources: readonly StateResource[],
  open: readonly PendingOperation[],
): LayerState {
  const isOwn = (resource: StateResource): boolean => layersOf(resource).includes(layer);
  const ownOpen = open.filter(({ resource }) => isOwn(resource));
  const own = [...resources.filter(isOwn), ...ownOpen.map(({ resource }) => resource)];
  const used = new Set(own.map(({ provider }) => provider?.slice(0, provider.lastIndexOf("::"))));
  const shared = (resource: StateResource): boolean => layersOf(resource).length === 0 && (!isProvider(resource) || used.has(resource.urn));
  const kept = resources.filter((resource) => isOwn(resource) || shared(resource));
  const names = new Map([...kept, ...own].map(({ urn, type }) => [urn, renamed(urn, type, plan.environment, layer)]));
  const rename = (urn: string): string => names.get(urn) ?? urn;
  const within = (urns: readonly string[]): string[] => urns.filter((urn) => names.has(urn)).map(rename);
  const moved = (resource: StateResource): StateResource => {
    const { parent, provider, deletedWith, ...rest } = resource;
    const [reference, id] = [provider?.slice(0, provider.lastIndexOf("::")) ?? "", provider?.slice(provider.lastIndexOf("::")) ?? ""];
    const inherited = resource.type === CLUSTER_PROVIDER && layer === "platform" ? environmentOf(resources) : parent;
    return {
      ...rest,
      urn: rename(resource.urn),
      ...(inherited === undefined ? {} : { parent: rename(inherited) }),
      ...(provider === undefined ? {} : { provider: `${rename(reference)}${id}` }),
      ...changeDependencies(resource, within),
      ...(deletedWith !== undefined && names.has(deletedWith) ? { deletedWith: rename(deletedWith) } : {}),
      ...(resource.type === STACK ? { outputs: outputsOf(plan, layer, resource, resources) } : {}),
    };
  };
  return { resources: kept.map(moved), open: ownOpen.map((operation) => ({ ...operation, resource: moved(operation.resource) })) };
}

/** The layers a resource belongs to; none for what is in a stack because others of it are. */
function layersOf({ urn, type }: StateResource): readonly Layer[] {
  // The cluster makes the provider for whoever composes it by hand, the platform one for itself.
  if (type === CLUSTER_PROVIDER) return ["cluster", "platform"];
  // Serves the reading of other stacks' outputs, and no resource names it.
  if (type === "pulumi:providers:pulumi") return LAYERS;
  const within = (urn.split("::")[2] ?? "").split("$").slice(1);
  if (within.some(isInfrastructure)) return ["infrastructure"];
  if (within.includes(CLUSTER)) return ["cluster"];
  return within.includes(PLATFORM) ? ["platform"] : [];
}

function isProvider({ type }: StateResource): boolean {
  return type.startsWith("pulumi:providers:");
}

function environmentOf(resources: readonly StateResource[]): string | undefined {
  return resources.find(({ type }) => type === ENVIRONMENT)?.urn;
}

/** The URN in the layer's stack. The platform's provider hangs under the environment there, since the cluster is another stack's. */
function renamed(urn: string, type: string, environment: string, layer: Layer): string {
  const [head = "", project = "", chain = "", name = ""] = urn.split("::");
  const stack = head.replace(new RegExp(`:${environment}$`), `:${stackName(environment, layer)}`);
  if (type === CLUSTER_PROVIDER && layer === "platform")
    return [stack, project, `${ENVIRONMENT}$${CLUSTER_PROVIDER}`, `${environment}-kubernetes`].join("::");
  if (type === STACK) return [stack, project, chain, `${project}-${stackName(environment, layer)}`].join("::");
  return [stack, project, chain, name].join("::");
}

/**
 * What the layer's program would give as outputs: the guard's memory, and the contract for the layer above. Nothing where the first `up` had
 * not come to the cluster: then there is no layer above yet, and the layer's own `up` gives them.
 */
function outputsOf(
  plan: EnvironmentPlan,
  layer: Layer,
  stack: StateResource,
  resources: readonly StateResource[],
): Record<string, unknown> {
  const cluster = resources.find(({ type }) => type === KUBESPRAY_CLUSTER);
  if (cluster === undefined) return {};
  const {
    applied,
    ssh: login,
    apiEndpoint,
    addresses,
    dnsRecords,
    nodes,
    versions,
    urls,
    credentials,
    caCertificate,
  } = stack.outputs ?? {};
  const kubeconfig = stack.outputs?.kubeconfig ?? cluster.outputs?.kubeconfig;
  const { nodes: machines, ssh } = clusterInputsSchema.parse(cluster.inputs);
  switch (layer) {
    case "infrastructure": {
      const made = Object.fromEntries(
        Object.entries(machines).map(([name, { machineId, dialAddress }]) => [name, { id: machineId, dialAddress }]),
      );
      const contract = given({ version: 1, layer, machines: made, ssh, standing: plan.machines, addresses });
      return given({ applied, ssh: login, addresses, dnsRecords, retiring: [], contract });
    }
    case "cluster": {
      const contract = given({ version: 1, layer, kubeconfig, nodes: Object.keys(machines).sort() });
      return given({ applied, kubeconfig, apiEndpoint, nodes, versions, predicted: false, contract });
    }
    case "platform":
      return given({ applied, urls, credentials, caCertificate, predicted: false });
  }
}

/** The outputs that there are: the stack of an `up` that broke off has none yet. */
function given(outputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
}

/** What moving needs of a stack, and of what is remembered beside it. */
export type MovableStack = Pick<PendingStack, "exportState" | "importState" | "remembered" | "remember">;

/**
 * Fills the three stacks from the one, then takes that one away. Killed in between, it is done again from the one, which goes last. Secrets
 * stay encrypted all the way.
 * @param open creates or selects the stack of a layer
 * @param remove takes the one stack away
 * @throws RefusedError where the file drops machines of the cluster at the same time, or a layer's stack holds something else; StackBusyError
 */
export async function moveToLayers(
  plan: EnvironmentPlan,
  one: MovableStack,
  open: (layer: Layer) => Promise<MovableStack>,
  remove: () => Promise<void>,
): Promise<void> {
  const exported = await one.exportState(false);
  const state = parseState(exported);
  const { resources = [] } = state.deployment;
  refuseRemovals(plan, resources);
  const layers = splitResources(plan, resources, one.remembered());
  for (const layer of LAYERS) {
    const stack = await open(layer);
    refuseStrangers(plan, layer, parseState(await stack.exportState(false)).deployment.resources ?? [], layers[layer].resources);
    rememberMore(stack, layers[layer].open);
    await stack.importState(JSON.stringify(withResources(state, layers[layer].resources)));
  }
  // An engine that outlived its command may have gone on meanwhile.
  if ((await one.exportState(false)) !== exported) {
    for (const layer of LAYERS) await (await open(layer)).importState(JSON.stringify(withResources(state, [])));
    throw new StackBusyError(`Environment ${plan.environment} was being changed while its state was moved: run the same command again.`);
  }
  one.remember([]);
  await remove();
}

function withResources(state: State, resources: readonly StateResource[]): State {
  return { ...state, deployment: { ...state.deployment, resources: [...resources] } };
}

/** Whether a stack holds more than what a program leaves that was refused before it registered anything. */
export function holdsAnything(resources: readonly StateResource[]): boolean {
  return resources.some((resource) => resource.type !== STACK && !isProvider(resource));
}

/** What a layer's stack holds beyond what was moved there before would be forgotten. */
function refuseStrangers(plan: EnvironmentPlan, layer: Layer, there: readonly StateResource[], moved: readonly StateResource[]): void {
  const known = new Set(moved.map(({ urn }) => urn));
  if (!holdsAnything(there.filter(({ urn }) => !known.has(urn)))) return;
  const [one, own] = [plan.environment, stackName(plan.environment, layer)];
  throw new RefusedError([
    {
      environment: plan.environment,
      path: "layers",
      value: plan.layers,
      reason: `the stacks ${one} and ${own} both hold resources, and not the same ones`,
      remedy: `look at both with \`pulumi stack --show-urns --stack ${one}\` and ${own}, and destroy the one that is too many`,
      severity: "error",
    },
  ]);
}

/** A machine that leaves the file stands until the cluster has let it go. How it was made, only the file told, which no longer has it. */
function refuseRemovals(plan: EnvironmentPlan, resources: readonly StateResource[]): void {
  const cluster = resources.find(({ type }) => type === KUBESPRAY_CLUSTER);
  if (cluster === undefined) return;
  const wanted = new Set(plan.machines.map(({ name }) => name));
  const gone = Object.keys(clusterInputsSchema.parse(cluster.inputs).nodes).filter((name) => !wanted.has(name));
  if (gone.length === 0) return;
  throw new RefusedError([
    {
      environment: plan.environment,
      path: "layers",
      value: plan.layers,
      reason: `the environment moves from one stack to three, and ${gone.join(", ")} would leave the cluster with the same \`up\``,
      remedy: "do one after the other: put the machines back into the file, run `kpaas up`, then take them out",
      severity: "error",
    },
  ]);
}
