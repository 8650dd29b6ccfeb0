import { getOrganization, getProject, type Output, output, runtime, secret, unknown } from "@pulumi/pulumi";
import { z } from "zod";
import type { InfrastructureMachine, SshAccess, ToldOutputs } from "../components/infrastructure";
import type { Devices } from "../components/platform/rook-ceph/args";
import { sealedAccess } from "../components/ssh-access";
import { refuseNewer } from "../model/formats";
import { type Layer, stackName } from "../model/layers";
import type { MachinePlan } from "../model/plan/infrastructure-types";
import type { CephMachine, EnvironmentPlan } from "../model/plan/types";
import { RefusedError } from "../model/problems";
import type { Addresses } from "./addresses";
import { hasCloudParts } from "./cloud-access";
import { orUnknownStack } from "./standing";

/*
 * What each layer hands to the next: one output, `contract`, typed and versioned, written and read here and nowhere else.
 */

const loginSchema = z.object({ user: z.string().exactOptional(), port: z.number().exactOptional() });
const machineSchema = z.object({
  id: z.string(),
  dialAddress: z.string(),
  login: loginSchema.exactOptional(),
  /** Where it has the volumes that are mounted, or Ceph's, by their names. */
  devices: z.record(z.string(), z.string()).exactOptional(),
});

const roleSchema = z.enum(["control-plane", "etcd", "worker", "bastion", "load-balancer", "nfs"]);

const machinePlanSchema = z.object({
  key: z.string(),
  name: z.string(),
  generation: z.number(),
  roles: z.array(roleSchema),
  group: z.string(),
  zone: z.string().exactOptional(),
  size: z.string(),
  image: z.string(),
  address: z.string(),
  volumes: z.array(
    z.object({
      name: z.string(),
      sizeGiB: z.number().exactOptional(),
      type: z.string().exactOptional(),
      mount: z.string().exactOptional(),
      fileSystem: z.enum(["ext4", "xfs"]).exactOptional(),
      device: z.string(),
    }),
  ),
  labels: z.record(z.string(), z.string()),
  taints: z.array(z.string()),
  spread: z.boolean(),
  login: loginSchema.extend({ address: z.string().exactOptional() }).exactOptional(),
});

const placeSchema = z.object({ address: z.string(), publicAddress: z.string().optional() });
const addressesSchema = z.object({ api: placeSchema, ingress: placeSchema, bastion: placeSchema.optional() });

const infrastructureSchema = z.object({
  version: z.literal(1),
  layer: z.literal("infrastructure"),
  /** By machine name; retiring ones are among them. */
  machines: z.record(z.string(), machineSchema),
  ssh: z.object({
    user: z.string(),
    privateKey: z.string().exactOptional(),
    agent: z.literal(true).exactOptional(),
    becomePassword: z.string().exactOptional(),
    bastion: z
      .object({ address: z.string(), user: z.string(), port: z.number().exactOptional(), name: z.string().exactOptional() })
      .optional(),
    firstHostKeys: z.record(z.string(), z.string()).optional(),
  }),
  /** Where API, ingress and bastion are reached. Not known of infrastructures that earlier versions brought up. */
  addresses: addressesSchema.optional(),
  /** What the cloud's own parts in the cluster are told. Not known where the plan has none. */
  told: z.object({ ids: z.record(z.string(), z.string()), secrets: z.record(z.string(), z.string()) }).optional(),
  /** The plans of all machines that stand, so that one that left the file can go on standing until its cluster has let it go. */
  standing: z.array(machinePlanSchema),
});

const clusterSchema = z.object({
  version: z.literal(1),
  layer: z.literal("cluster"),
  kubeconfig: z.string(),
  /** Names of the nodes the cluster was last brought to. */
  nodes: z.array(z.string()),
});

type LayerMachine = Pick<InfrastructureMachine, "id" | "dialAddress" | "login"> & Partial<Pick<InfrastructureMachine, "devices">>;

/** What the cluster takes from the infrastructure. */
export interface InfrastructureContract {
  readonly machines: Readonly<Record<string, LayerMachine>>;
  readonly ssh: SshAccess;
  /** The API's address outside the network, where it has one. */
  readonly apiPublicAddress?: Output<string>;
  /** The same of the ingress. */
  readonly ingressPublicAddress?: Output<string>;
  /** True: the infrastructure is not there yet or older than the plan, so this is what the plan says it will be. Previews only. */
  readonly predicted: boolean;
}

/** What the platform takes from the cluster. */
export interface ClusterContract {
  /** Secret. */
  readonly kubeconfig: Output<string>;
  readonly predicted: boolean;
}

/** The infrastructure's contract as its stack's output. */
export function infrastructureOutput(
  machines: Readonly<Record<string, InfrastructureMachine>>,
  ssh: SshAccess,
  standing: readonly MachinePlan[],
  addresses: Addresses,
  told: ToldOutputs | undefined,
  storage: EnvironmentPlan["platform"]["storage"],
): unknown {
  const takes = storage.kind === "rookCeph" ? storage.machines.map(({ name }) => name) : [];
  return {
    version: 1,
    layer: "infrastructure",
    machines: mapValues(machines, ({ id, dialAddress, login, devices }, name) => {
      const mounted = standing.find((machine) => machine.name === name)?.volumes.some(({ mount }) => mount !== undefined);
      return { id, dialAddress, ...(login === undefined ? {} : { login }), ...(mounted || takes.includes(name) ? { devices } : {}) };
    }),
    ssh: sealedAccess(ssh),
    standing,
    addresses,
    ...(told && { told }),
  };
}

/** The cluster's contract as its stack's output. */
export function clusterOutput(kubeconfig: Output<string>, plan: EnvironmentPlan): unknown {
  return { version: 1, layer: "cluster", kubeconfig: secret(kubeconfig), nodes: Object.keys(plan.cluster.nodes).sort() };
}

/** The layer below is not what the plan needs: only a preview can go on, with what the plan predicts. */
function refuseLayer(plan: EnvironmentPlan, layer: Layer, reason: string): RefusedError {
  const remedy = `bring the layers up in their order: \`kpaas up ${plan.environment} --layer ${layer}\` first, or \`kpaas up ${plan.environment}\` for all`;
  return new RefusedError([{ environment: plan.environment, path: "layers", value: plan.layers, reason, remedy, severity: "error" }]);
}

/** A machine as the layer above takes it. */
function known({ id, dialAddress, devices, ...machine }: z.infer<typeof machineSchema>): LayerMachine {
  return {
    ...machine,
    id: output(id),
    dialAddress: output(dialAddress),
    ...(devices && { devices: mapValues(devices, (path) => output(path)) }),
  };
}

/** What the infrastructure's stack says, or in a preview what the plan predicts. @throws RefusedError */
export async function readInfrastructure(plan: EnvironmentPlan): Promise<InfrastructureContract> {
  const found = await readContract(infrastructureSchema, plan.environment, "infrastructure");
  const outside = found?.addresses?.api.publicAddress;
  const apiPublicAddress = outside === undefined ? {} : { apiPublicAddress: output(outside) };
  const ingress = found?.addresses?.ingress.publicAddress;
  const ingressPublicAddress = ingress === undefined ? {} : { ingressPublicAddress: output(ingress) };
  const needed = { ...plan.cluster.hosts, ...plan.cluster.nodes };
  const lacking = Object.keys(needed).filter((name) => !found?.machines[name]);
  if (found && lacking.length === 0) {
    return {
      machines: mapValues(found.machines, known),
      ssh: readSsh(found.ssh),
      ...apiPublicAddress,
      ...ingressPublicAddress,
      predicted: false,
    };
  }
  const reason = found ? `the infrastructure has no machine ${lacking.join(", ")} yet` : "the infrastructure is not there yet";
  if (!runtime.isDryRun()) throw refuseLayer(plan, "infrastructure", reason);
  const unmade = { id: notKnown(), dialAddress: notKnown() };
  return {
    machines: mapValues(needed, (_, name) => {
      const made = found?.machines[name];
      return made ? known(made) : unmade;
    }),
    ssh: found ? readSsh(found.ssh) : { user: plan.access.ssh.user, privateKey: secret(notKnown()) },
    ...(found === undefined && plan.network.floating.api ? { apiPublicAddress: notKnown() } : apiPublicAddress),
    ...(found === undefined && plan.network.floating.ingress ? { ingressPublicAddress: notKnown() } : ingressPublicAddress),
    predicted: true,
  };
}

/** What the cloud's own parts in the cluster are told, where the plan has any; some are told nothing. */
export function toldOf(plan: EnvironmentPlan, told: ToldOutputs | undefined): ToldOutputs | undefined {
  return hasCloudParts(plan) ? (told ?? { ids: {}, secrets: {} }) : undefined;
}

/** The same as the infrastructure's stack says it. Of an infrastructure that is not there yet a preview knows nothing. */
export async function readTold(plan: EnvironmentPlan): Promise<ToldOutputs | undefined> {
  if (!hasCloudParts(plan)) return undefined;
  const found = await readContract(infrastructureSchema, plan.environment, "infrastructure");
  if (found?.told !== undefined)
    return { ids: mapValues(found.told.ids, (id) => output(id)), secrets: mapValues(found.told.secrets, (each) => secret(output(each))) };
  if (!runtime.isDryRun())
    throw refuseLayer(plan, "infrastructure", "the infrastructure does not know of the cloud's parts in the cluster yet");
  return { ids: {}, secrets: {} };
}

/** Where the disks are that Ceph takes, by machine and volume, as the infrastructure's stack says it; a preview may not know yet. */
export async function readDevices(plan: EnvironmentPlan): Promise<{ devices?: Devices }> {
  const { storage } = plan.platform;
  if (storage.kind !== "rookCeph") return {};
  const { machines } = await readInfrastructure(plan);
  const lacking = storage.machines.filter(({ name, volumes }) => volumes.some((volume) => !machines[name]?.devices?.[volume.name]));
  if (lacking.length > 0 && !runtime.isDryRun())
    throw refuseLayer(
      plan,
      "infrastructure",
      `the infrastructure has no disks of ${lacking.map(({ name }) => name).join(", ")} for Ceph yet`,
    );
  const devicesOf = ({ name, volumes }: CephMachine) =>
    Object.fromEntries(volumes.map((volume) => [volume.name, machines[name]?.devices?.[volume.name] ?? notKnown()]));
  return { devices: Object.fromEntries(storage.machines.map((machine) => [machine.name, devicesOf(machine)])) };
}

/** What the cluster's stack says, or in a preview what is predicted. @throws RefusedError */
export async function readCluster(plan: EnvironmentPlan): Promise<ClusterContract> {
  const found = await readContract(clusterSchema, plan.environment, "cluster");
  const current = found && JSON.stringify(found.nodes) === JSON.stringify(Object.keys(plan.cluster.nodes).sort());
  if (!current && !runtime.isDryRun()) {
    throw refuseLayer(plan, "cluster", found ? "the cluster is older than the environment file" : "the cluster is not there yet");
  }
  return { kubeconfig: secret(found ? output(found.kubeconfig) : notKnown()), predicted: !current };
}

/** The plans of machines that left the file, and that the cluster's stack still lists: they stay until it has let them go. */
export async function retiringMachines(plan: EnvironmentPlan): Promise<MachinePlan[]> {
  const nodes = (await readContract(clusterSchema, plan.environment, "cluster"))?.nodes ?? [];
  const own = (await readContract(infrastructureSchema, plan.environment, "infrastructure"))?.standing ?? [];
  const wanted = new Set(plan.machines.map(({ name }) => name));
  const keys = new Set(plan.machines.map(({ key }) => key));
  return (
    own
      .filter(({ name }) => nodes.includes(name) && !wanted.has(name))
      // The volumes of a machine that is rebuilt are its successor's by now.
      .map((machine) => (keys.has(machine.key) ? { ...machine, volumes: [] } : machine))
  );
}

/** What a layer hands on; undefined where it is not there yet. @throws RefusedError where a later version wrote it */
async function readContract<T>(schema: z.ZodType<T>, environment: string, layer: Layer): Promise<T | undefined> {
  const contract = (await readOutputs(environment, layer))?.contract;
  refuseNewer("contract", contract, environment);
  return schema.safeParse(contract).data;
}

/** The outputs of a layer's stack; undefined where there is no such stack, or nothing in it. */
export async function readOutputs(environment: string, layer?: Layer): Promise<Readonly<Record<string, unknown>> | undefined> {
  const name = `${getOrganization()}/${getProject()}/${stackName(environment, layer)}`;
  const answer = await orUnknownStack(runtime.invoke("pulumi:pulumi:readStackOutputs", { name }));
  return answer?.outputs as Record<string, unknown> | undefined;
}

function readSsh(ssh: z.infer<typeof infrastructureSchema>["ssh"]): SshAccess {
  return {
    user: ssh.user,
    ...(ssh.privateKey === undefined ? {} : { privateKey: secret(output(ssh.privateKey)) }),
    ...(ssh.agent === undefined ? {} : { agent: ssh.agent }),
    ...(ssh.becomePassword === undefined ? {} : { becomePassword: secret(output(ssh.becomePassword)) }),
    ...(ssh.bastion ? { bastion: { ...ssh.bastion, address: output(ssh.bastion.address) } } : {}),
    ...(ssh.firstHostKeys ? { firstHostKeys: output(ssh.firstHostKeys) } : {}),
  };
}

function notKnown(): Output<string> {
  return output(unknown).apply(String);
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
