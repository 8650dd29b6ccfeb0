import type { Deployment, Stack } from "@pulumi/pulumi/automation";
import { z } from "zod";
import { LAYERS, type Layer, stackName } from "../model/layers";
import type { EnvironmentPlan } from "../model/plan/types";

/*
 * Moves an environment's state from one stack into the three of its layers. Resources keep their types, names and parents; only the stack's
 * name in their URNs changes, and what one layer knew of another becomes the contract between them.
 */

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  dependencies: z.array(z.string()).optional(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).optional(),
  deletedWith: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});
type Resource = z.infer<typeof resourceSchema>;

const clusterInputsSchema = z.looseObject({
  nodes: z.record(z.string(), z.looseObject({ machineId: z.string(), dialAddress: z.string() })),
  ssh: z.looseObject({
    user: z.string(),
    privateKey: z.unknown(),
    bastion: z.looseObject({ address: z.unknown(), user: z.string() }).optional(),
  }),
});

const KUBERNETES = "pulumi:providers:kubernetes";

/** The states of the three layers' stacks, made from the one that holds all. Pure. */
export function splitResources(plan: EnvironmentPlan, all: readonly unknown[]): Readonly<Record<Layer, Resource[]>> {
  const resources = all.map((each) => resourceSchema.parse(each));
  const entries = LAYERS.map((layer) => [layer, splitLayer(plan, layer, resources)] as const);
  return Object.fromEntries(entries) as Record<Layer, Resource[]>;
}

function splitLayer(plan: EnvironmentPlan, layer: Layer, resources: readonly Resource[]): Resource[] {
  const own = resources.filter((resource) => layersOf(resource).includes(layer));
  const used = new Set(own.map(({ provider }) => provider?.slice(0, provider.lastIndexOf("::"))));
  const shared = (resource: Resource): boolean => layersOf(resource).length === 0 && (!isProvider(resource) || used.has(resource.urn));
  const kept = resources.filter((resource) => own.includes(resource) || shared(resource));
  const names = new Map(kept.map(({ urn, type }) => [urn, renamed(urn, type, plan.environment, layer)]));
  const rename = (urn: string): string => names.get(urn) ?? urn;
  const within = (urns: readonly string[] | null | undefined): string[] => (urns ?? []).filter((urn) => names.has(urn)).map(rename);
  return kept.map((resource) => {
    const { parent, provider, dependencies, propertyDependencies, deletedWith, ...rest } = resource;
    const [reference, id] = [provider?.slice(0, provider.lastIndexOf("::")) ?? "", provider?.slice(provider.lastIndexOf("::")) ?? ""];
    const inherited = resource.type === KUBERNETES && layer === "platform" ? environmentOf(resources) : parent;
    return {
      ...rest,
      urn: rename(resource.urn),
      ...(inherited === undefined ? {} : { parent: rename(inherited) }),
      ...(provider === undefined ? {} : { provider: `${rename(reference)}${id}` }),
      ...(dependencies ? { dependencies: within(dependencies) } : {}),
      ...(propertyDependencies
        ? { propertyDependencies: Object.fromEntries(Object.entries(propertyDependencies).map(([key, urns]) => [key, within(urns)])) }
        : {}),
      ...(deletedWith !== undefined && names.has(deletedWith) ? { deletedWith: rename(deletedWith) } : {}),
      ...(resource.type === "pulumi:pulumi:Stack" ? { outputs: outputsOf(plan, layer, resource, resources) } : {}),
    };
  });
}

/** The layers a resource belongs to; none for what is in a stack because others of it are. */
function layersOf({ urn, type }: Resource): readonly Layer[] {
  // The cluster makes the provider for whoever composes it by hand, the platform one for itself.
  if (type === KUBERNETES) return ["cluster", "platform"];
  // Serves the reading of other stacks' outputs, and no resource names it.
  if (type === "pulumi:providers:pulumi") return LAYERS;
  const chain = urn.split("::")[2] ?? "";
  if (/\$kpaas:\w+:Infrastructure(\$|$)/.test(chain)) return ["infrastructure"];
  if (/\$kpaas:index:Cluster(\$|$)/.test(chain)) return ["cluster"];
  return /\$kpaas:index:Platform(\$|$)/.test(chain) ? ["platform"] : [];
}

function isProvider({ type }: Resource): boolean {
  return type.startsWith("pulumi:providers:");
}

function environmentOf(resources: readonly Resource[]): string | undefined {
  return resources.find(({ type }) => type === "kpaas:index:Environment")?.urn;
}

/** The URN in the layer's stack. The platform's provider hangs under the environment there, since the cluster is another stack's. */
function renamed(urn: string, type: string, environment: string, layer: Layer): string {
  const [head = "", project = "", chain = "", name = ""] = urn.split("::");
  const stack = head.replace(new RegExp(`:${environment}$`), `:${stackName(environment, layer)}`);
  if (type === KUBERNETES && layer === "platform")
    return [stack, project, `kpaas:index:Environment$${KUBERNETES}`, `${environment}-kubernetes`].join("::");
  if (type === "pulumi:pulumi:Stack") return [stack, project, chain, `${project}-${stackName(environment, layer)}`].join("::");
  return [stack, project, chain, name].join("::");
}

/** What the layer's program would give as outputs: the guard's memory, and the contract for the layer above. */
function outputsOf(plan: EnvironmentPlan, layer: Layer, stack: Resource, resources: readonly Resource[]): Record<string, unknown> {
  const { applied, kubeconfig, apiEndpoint, nodes, versions, urls, credentials, caCertificate } = stack.outputs ?? {};
  const cluster = resources.find(({ type }) => type === "kpaas:kubespray:Cluster");
  const { nodes: machines, ssh } = clusterInputsSchema.parse(cluster?.inputs);
  switch (layer) {
    case "infrastructure": {
      const made = Object.fromEntries(
        Object.entries(machines).map(([name, { machineId, dialAddress }]) => [name, { id: machineId, dialAddress }]),
      );
      return { applied, retiring: [], contract: { version: 1, layer, machines: made, ssh, standing: plan.machines } };
    }
    case "cluster":
      return {
        applied,
        kubeconfig,
        apiEndpoint,
        nodes,
        versions,
        predicted: false,
        contract: { version: 1, layer, kubeconfig, nodes: Object.keys(machines).sort() },
      };
    case "platform":
      return { applied, urls, credentials, caCertificate, predicted: false };
  }
}

/**
 * Fills the three stacks from the one, then takes that one away. Killed in between, it is done again from the one, which goes last.
 * @param open creates or selects the stack of a layer
 */
export async function moveToLayers(plan: EnvironmentPlan, one: Stack, open: (layer: Layer) => Promise<Stack>): Promise<void> {
  const exported = await one.exportStack();
  const state = z
    .looseObject({ resources: z.array(z.unknown()), pending_operations: z.array(z.unknown()).optional() })
    .parse(exported.deployment);
  if ((state.pending_operations ?? []).length > 0) {
    throw new Error(`${plan.environment} has operations that were interrupted: run \`kpaas up\` with layers: one first`);
  }
  const layers = splitResources(plan, state.resources);
  for (const layer of LAYERS) {
    const stack = await open(layer);
    const deployment: Deployment = { version: exported.version, deployment: { ...state, resources: layers[layer] } };
    await stack.importStack(deployment);
  }
  await one.workspace.removeStack(plan.environment, { force: true, preserveConfig: true });
}
