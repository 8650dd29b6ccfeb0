import { z } from "zod";
import { fields, isFields } from "../../model/data";
import type { Values } from "../../model/findable";
import { type Format, refuseNewer } from "../../model/formats";
import { parseStackName } from "../../model/layers";
import { ENVIRONMENT, KUBESPRAY_CLUSTER } from "../../model/type-tokens";
import { SECRET_SIGNATURE, SIGNATURE_KEY, secret } from "../../plugin/rpc/provider";

/** The type of the resource that stands for a stack. */
export const STACK = "pulumi:pulumi:Stack";

/** The type of the provider that speaks to a cluster. */
export const CLUSTER_PROVIDER = "pulumi:providers:kubernetes";

/** Whether a resource is an object of the Kubernetes API, or the provider that speaks to it. */
export function isInCluster({ type }: Pick<StateResource, "type">): boolean {
  return type.startsWith("kubernetes:") || type === CLUSTER_PROVIDER;
}

/** A resource in an exported state; what is not named here is kept as it is. */
const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  /** False for components. */
  custom: z.boolean().optional(),
  /** When it was made (ISO 8601). */
  created: z.string().optional(),
  /** True for what was replaced and is not deleted yet. */
  delete: z.boolean().optional(),
  provider: z.string().optional(),
  /** Why a creation or change ended unfinished that is recorded all the same. */
  initErrors: z.array(z.string()).optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  parent: z.string().optional(),
  deletedWith: z.string().optional(),
  /** True: deleting it from the state leaves what it stands for. The engine reads it here when it deletes. */
  retainOnDelete: z.boolean().optional(),
  dependencies: z.array(z.string()).optional(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).optional(),
});

const operationSchema = z.looseObject({
  type: z.string(),
  resource: resourceSchema,
  /** When it was written down last before its end got lost (ISO 8601): with its URN that tells it from every other. */
  since: z.string().optional(),
});

const deploymentSchema = z.looseObject({
  manifest: z.looseObject({ time: z.string().optional() }).optional(),
  resources: z.array(resourceSchema).optional(),
  pending_operations: z.array(operationSchema).optional(),
});

const stateSchema = z.looseObject({
  // Of a stack that is its name alone there is nothing.
  deployment: z.preprocess((value) => value ?? {}, deploymentSchema),
});

/** A stack's state as `pulumi stack export` writes it, secrets encrypted. */
export type State = z.infer<typeof stateSchema>;
export type StateResource = z.infer<typeof resourceSchema>;

/** An operation on a resource that was begun and of which the end is not known. */
export type PendingOperation = z.infer<typeof operationSchema>;

/** Outputs of ours that hold data with a version: those of stacks, and of an environment that a program wrote. */
const VERSIONED = ["applied", "contract", "lock"] as const satisfies readonly Format[];

/** Reads an exported state. @throws RefusedError where a later version of this tool left something in it */
export function parseState(text: string): State {
  const state = stateSchema.parse(JSON.parse(text));
  for (const { urn, type, outputs } of state.deployment.resources ?? []) {
    const { environment } = parseStackName(urn.split("::")[0]?.split(":").at(-1) ?? "");
    if (type === KUBESPRAY_CLUSTER) refuseNewer("cluster", outputs, environment);
    if (type === STACK || type === ENVIRONMENT) for (const name of VERSIONED) refuseNewer(name, outputs?.[name], environment);
  }
  return state;
}

/** Whether an exported state is that of a stack of which a kill has left the name alone: the engine writes that first where it makes one. */
export function isNameAlone(text: string): boolean {
  // Larger ones are not parsed once more for it.
  return text.length < 1_000 && !isFields(fields(JSON.parse(text)).deployment);
}

/** The dependencies of a resource, each list of URNs changed. */
export function changeDependencies(
  { dependencies, propertyDependencies }: StateResource,
  change: (urns: readonly string[]) => string[],
): Pick<StateResource, "dependencies" | "propertyDependencies"> {
  const byProperty = Object.entries(propertyDependencies ?? {}).map(([name, urns]) => [name, change(urns ?? [])]);
  return {
    ...(dependencies ? { dependencies: change(dependencies) } : {}),
    ...(propertyDependencies ? { propertyDependencies: Object.fromEntries(byProperty) } : {}),
  };
}

/** Reads open operations as they were written as JSON. */
export function parseOperations(text: string, environment: string): PendingOperation[] {
  return z.array(operationSchema).parse(ours(text, environment));
}

/** Reads resources as they were written as JSON. */
export function parseResources(text: string, environment: string): StateResource[] {
  return z.array(resourceSchema).parse(ours(text, environment));
}

/** What was kept beside a state. @throws RefusedError where a later version wrote it */
function ours(text: string, environment: string): unknown {
  const content: unknown = JSON.parse(text);
  refuseNewer("pending", content, environment);
  return content;
}

/** Inputs of a state exported with its secrets, or as a provider is handed them, without the envelopes of secrets. */
export function plain(inputs: Values): Values {
  return opened(inputs, (value) => value);
}

/** The same, with secrets in the envelopes that providers are handed. */
export function sealed(inputs: Values): Values {
  return opened(inputs, (value) => (value === undefined ? undefined : secret(value)));
}

function opened(inputs: Values, seal: (value: unknown) => unknown): Values {
  const open = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(open);
    if (typeof value !== "object" || value === null) return value;
    const fields: Values = { ...value };
    if (fields[SIGNATURE_KEY] !== SECRET_SIGNATURE) return opened(fields, seal);
    return seal(typeof fields.plaintext === "string" ? JSON.parse(fields.plaintext) : open(fields.value));
  };
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, open(value)]));
}
