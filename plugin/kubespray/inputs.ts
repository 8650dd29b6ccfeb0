import { z } from "zod";
import { clusterFields, hostFields, nodeFields } from "../../model/cluster/recorded";
import type { ClusterHost, ClusterNode, ClusterSpec } from "../../model/cluster/types";
import { refuseNewer } from "../../model/formats";
import { type CheckFailure, type Properties, UNKNOWN } from "../rpc/provider";
import { hasSecret, reveal, secretTexts, valueAt } from "./values";

/** The machine behind a node. Either can be unknown during a preview. */
export interface NodeMachine {
  /** Changes when the machine is built anew. */
  readonly machineId: string;
  /** The address SSH dials, through the bastion where there is one. */
  readonly dialAddress: string;
  /** @default the user of {@link SshInputs} */
  readonly sshUser?: string;
  /** @default 22 */
  readonly sshPort?: number;
}

/** How the runner logs in: with a key, with what an SSH agent holds, or with both. Key and password are secret. */
export interface SshInputs {
  readonly user: string;
  readonly privateKey?: string;
  readonly agent?: boolean;
  /** What `sudo` asks for. */
  readonly becomePassword?: string;
  /** `name`: what its host key is recorded under. @default `bastion` */
  readonly bastion?: { readonly address: string; readonly user: string; readonly port?: number; readonly name?: string };
}

/** The inputs of `kpaas:kubespray:Cluster`, with secrets revealed. */
export interface ClusterInputs {
  readonly spec: ClusterSpec;
  /** By name, of the nodes and of the hosts beside them. */
  readonly machines: Readonly<Record<string, NodeMachine>>;
  /** Nodes that answer no more: removed without drain and reset. */
  readonly lostNodes: readonly string[];
  readonly networkCidr?: string;
  /** Names of the variables that hold secrets. */
  readonly secretVariables: readonly string[];
  /** The secret texts in them. */
  readonly secretValues: readonly string[];
  readonly ssh: SshInputs;
  /** A folder, a git repository or a tarball of the kubespray tag, instead of its own repository. */
  readonly kubespraySource?: string;
}

const text = z.string();
const port = z.int().min(1).max(65535);
const machine = {
  machineId: text.min(1, "must be the id of the machine"),
  dialAddress: text.min(1, "must be the address to dial"),
  sshUser: text.min(1).exactOptional(),
  sshPort: port.exactOptional(),
};
const node = z.strictObject({ ...nodeFields, ...machine });
const host = z.strictObject({ ...hostFields, ...machine });
const facts = { ...clusterFields, nodes: z.record(text, node), hosts: z.record(text, host).exactOptional(), networkCidr: text.optional() };
const inputsSchema = z.strictObject({
  ...facts,
  lostNodes: z.array(text).default([]),
  kubespraySource: text.min(1).exactOptional(),
  ssh: z
    .strictObject({
      user: text,
      privateKey: text.exactOptional(),
      agent: z.boolean().exactOptional(),
      becomePassword: text.exactOptional(),
      bastion: z.strictObject({ address: text, user: text, port: port.exactOptional(), name: text.min(1).exactOptional() }).exactOptional(),
    })
    .refine(({ privateKey, agent }) => privateKey !== undefined || agent === true, {
      path: ["privateKey"],
      message: "is missing: give a private key, or `agent: true` for the keys of an SSH agent",
    }),
});
const recordedSchema = z.object(facts);

/** Names of the inputs that are recorded among the outputs. */
export const recordedNames = Object.keys(facts) as readonly (keyof typeof facts)[];

/** What reading inputs gives: the inputs, what is wrong with them, or that they cannot be judged before something is known. */
export type ParsedInputs =
  | { readonly kind: "inputs"; readonly inputs: ClusterInputs }
  | { readonly kind: "unknown" }
  | { readonly kind: "wrong"; readonly failures: readonly CheckFailure[] };

export function parseInputs(properties: Properties): ParsedInputs {
  const plain = reveal(properties);
  const parsed = inputsSchema.safeParse(plain);
  if (parsed.success) {
    const { ssh, lostNodes, networkCidr, kubespraySource, ...rest } = parsed.data;
    return {
      kind: "inputs",
      inputs: {
        ...split(rest),
        lostNodes,
        secretVariables: secretVariablesOf(properties.variables),
        secretValues: secretTexts(properties.variables),
        ssh,
        ...(networkCidr === undefined ? {} : { networkCidr }),
        ...(kubespraySource === undefined ? {} : { kubespraySource }),
      },
    };
  }
  const known = parsed.error.issues.filter((issue) => valueAt(plain, issue.path) !== UNKNOWN);
  if (known.length === 0) return { kind: "unknown" };
  return { kind: "wrong", failures: known.map((issue) => ({ property: propertyPath(issue.path), reason: issue.message })) };
}

/** The way to a cluster's hosts, with what every run on it has to know. */
export type ClusterAccess = Pick<ClusterInputs, "machines" | "ssh" | "secretVariables" | "secretValues" | "kubespraySource">;

/**
 * The access that runs on a cluster take.
 * @param recorded the variables that it has: some runs still have those, whatever the inputs say
 */
export function accessOf(inputs: ClusterInputs, machines: ClusterInputs["machines"], recorded: unknown): ClusterAccess {
  const { ssh, secretVariables, secretValues, kubespraySource } = inputs;
  return {
    machines,
    ssh,
    secretVariables: [...new Set([...secretVariables, ...secretVariablesOf(recorded)])],
    secretValues: [...new Set([...secretValues, ...secretTexts(recorded)])],
    ...(kubespraySource === undefined ? {} : { kubespraySource }),
  };
}

/** Where all variables are one secret, each of them is. */
function secretVariablesOf(variables: unknown): string[] {
  const plain = reveal(variables);
  if (typeof variables !== "object" || variables === null || typeof plain !== "object" || plain === null) return [];
  const given = new Map(Object.entries(variables));
  return Object.keys(plain).filter((name) => !given.has(name) || hasSecret(given.get(name)));
}

/**
 * The cluster as the recorded outputs tell it: what was reached, which after a failure is less than what was wanted.
 * @throws RefusedError where a later version recorded it
 */
export function parseRecorded(outputs: Properties): Pick<ClusterInputs, "spec" | "machines" | "networkCidr"> | undefined {
  const plain = reveal(outputs);
  refuseNewer("cluster", plain, String(outputs.name));
  const parsed = recordedSchema.safeParse(plain);
  if (!parsed.success) return undefined;
  const { networkCidr, ...rest } = parsed.data;
  return { ...split(rest), ...(networkCidr === undefined ? {} : { networkCidr }) };
}

type Node = z.infer<typeof node>;
type Host = z.infer<typeof host>;

function split({ hosts, ...rest }: Omit<z.infer<typeof recordedSchema>, "networkCidr">): Pick<ClusterInputs, "spec" | "machines"> {
  const without = <T extends Node | Host>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).map(([name, entry]) => [name, withoutMachine(entry)]));
  const nodes: Readonly<Record<string, ClusterNode>> = without(rest.nodes);
  const beside: Readonly<Record<string, ClusterHost>> | undefined = hosts && without(hosts);
  return {
    spec: { ...rest, nodes, ...(beside ? { hosts: beside } : {}) },
    machines: Object.fromEntries(Object.entries({ ...hosts, ...rest.nodes }).map(([name, entry]) => [name, machineOf(entry)])),
  };
}

function machineOf({ machineId, dialAddress, sshUser, sshPort }: Node | Host): NodeMachine {
  return { machineId, dialAddress, ...(sshUser === undefined ? {} : { sshUser }), ...(sshPort === undefined ? {} : { sshPort }) };
}

function withoutMachine<T extends NodeMachine>({ machineId: _id, dialAddress: _address, sshUser: _user, sshPort: _port, ...entry }: T) {
  return entry;
}

/** `nodes.worker-1.roles[0]` of a path of names and indexes. */
function propertyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );
}
