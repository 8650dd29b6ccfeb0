import { z } from "zod";
import { holdsData, objectId } from "../extra";
import { refuseNewer } from "../formats";
import type { MachinePlan } from "../plan/infrastructure-types";
import { INGRESS_KINDS } from "../plan/ingress";
import type { EnvironmentPlan, ExtraPlan, TlsPlan } from "../plan/types";
import { userDataDigest } from "../plan/user-data";
import { offererOf } from "../registry";
import { rotationsOf } from "../rotation";

const appliedMachineSchema = z.object({
  name: z.string(),
  generation: z.number(),
  roles: z.array(z.string()),
  group: z.string(),
  zone: z.string().optional(),
  size: z.string(),
  address: z.string(),
  volumes: z.array(
    z.object({
      name: z.string(),
      sizeGiB: z.number().optional(),
      type: z.string().optional(),
      mount: z.string().optional(),
      fileSystem: z.string().optional(),
    }),
  ),
  spread: z.boolean().optional(),
  /** Of the user data it was built with. Not known of machines that earlier versions built. */
  userData: z.string().optional(),
  /** How to log in to a host that was there before; undefined for what was made. */
  login: z.object({ address: z.string().optional(), user: z.string().optional(), port: z.number().optional() }).optional(),
});

/** What a machine takes at its first boot only. */
const builtSchema = z.looseObject({
  image: z.string(),
  zones: z.array(z.string()),
  /** The public key of the file, or the name of a key pair that the cloud had. */
  key: z.string().optional(),
  // Beside them the cloud's own options, by name.
});

const floating = z.object({ address: z.string().optional() }).optional();

const appliedSchema = z.object({
  version: z.literal(1),
  machines: z.record(z.string(), appliedMachineSchema),
  /** Of K-PaaS. Not known of environments applied by earlier versions. */
  release: z.string().optional(),
  /** Of Kubernetes and of the services, by name. Not known of environments applied by earlier versions. */
  versions: z.record(z.string(), z.string()).optional(),
  controlPlane: z.array(z.string()),
  network: z.object({
    cidr: z.string(),
    gateway: z.string().optional(),
    /** By name, where each zone has one of its own. */
    subnets: z.record(z.string(), z.object({ cidr: z.string(), gateway: z.string() })).optional(),
    podCidr: z.string(),
    serviceCidr: z.string(),
    /** The floating addresses; one without an address was made. Not known of environments applied by earlier versions. */
    floating: z.object({ bastion: floating, api: floating, ingress: floating }).optional(),
  }),
  apiEndpoint: z.object({ kind: z.string(), address: z.string(), domain: z.string().optional() }),
  ingressAddress: z.string(),
  /** The ingress controllers, where they are not ingress-nginx alone: the one with the address, and one beside it. */
  ingress: z.object({ kind: z.enum(INGRESS_KINDS), beside: z.enum(INGRESS_KINDS).optional() }).optional(),
  storage: z.string(),
  /** Of Ceph, where it keeps the volumes: the machines with its disks, by key, with the names of their volumes. */
  ceph: z
    .object({
      replicas: z.number(),
      failureDomain: z.enum(["host", "zone"]),
      objects: z.boolean(),
      disks: z.record(z.string(), z.array(z.string())),
    })
    .optional(),
  /** Set where the cloud's controller gives the ingress its address; else MetalLB does, or a balancer of the infrastructure leads there. */
  loadBalancer: z.literal("cloud").optional(),
  protectData: z.boolean(),
  databases: z.boolean(),
  /** GiB that the services' claims ask for, by service. Not known of environments applied by earlier versions. */
  claims: z.record(z.string(), z.number()).default({}),
  /** How many members have to agree, by service. Not known of environments applied by earlier versions. */
  members: z.record(z.string(), z.number()).optional(),
  /** Whether it runs on several members, by service, where that is another program than one. */
  replicated: z.record(z.string(), z.boolean()).optional(),
  /** How many times the secrets of a service were made, by service, where that is more than once. */
  rotations: z.record(z.string(), z.number()).optional(),
  /** Those of them that hold nothing but what can be had again. */
  caches: z.array(z.string()).optional(),
  /** What in services holds data of its own and goes with its field, by that. */
  held: z.record(z.string(), z.array(z.string())).optional(),
  /** What services have begun with whoever grants them a kind, by the field that names it: it stays there when they go. */
  begun: z.record(z.string(), z.object({ kind: z.string(), names: z.array(z.string()) })).optional(),
  /** The tenants whose namespaces go with them. */
  tenants: z.array(z.string()).optional(),
  /** What of the user's own may hold data: releases by name, and claims as `NAMESPACE/NAME`. */
  extra: z.object({ releases: z.array(z.string()), claims: z.array(z.string()) }).optional(),
  // What earlier versions did not record is undefined, and is not compared.
  domain: z.string().optional(),
  tls: z.string().optional(),
  /** The environment's own authorities, where they are not the first one alone: the first of them signs. */
  authorities: z.array(z.number()).optional(),
  built: builtSchema.optional(),
  /** The traffic that is let through. */
  flows: z
    .array(
      z.object({
        from: z.string(),
        to: z.string(),
        protocol: z.string(),
        ports: z.array(z.union([z.number(), z.string()])),
        reason: z.string(),
      }),
    )
    .optional(),
  /** Where everything is; by field of the environment file. */
  place: z.record(z.string(), z.string()),
});

/** What an environment was brought to, as its stack's output `applied` keeps it: the guard's memory. */
export type Applied = z.infer<typeof appliedSchema>;

/** A machine as it was brought up. */
export type AppliedMachine = Applied["machines"][string];

function authoritiesOf(tls: TlsPlan): Pick<Applied, "authorities"> {
  const authorities = tls.kind === "selfSigned" ? (tls.authorities ?? [1]) : [1];
  return authorities.join() === "1" ? {} : { authorities: [...authorities] };
}

/**
 * The part of a plan the guard compares, as it is kept in the stack's outputs.
 * @param before what was kept before, of which the databases go on holding what they hold
 */
export function appliedState(plan: EnvironmentPlan, before?: Applied): Applied {
  const databases = offererOf("mysql", plan.services) !== undefined;
  const caches = plan.services.filter(({ keeps, sizeGiB }) => keeps === "cache" && sizeGiB !== undefined).map(({ name }) => name);
  const members = plan.services.flatMap(({ name, quorum, replicas }) => (quorum ? [[name, replicas] as const] : []));
  const replicated = plan.services.flatMap(({ name, severalBy, replicas }) => (severalBy ? [[name, replicas > 1] as const] : []));
  const rotations = rotationsOf(plan.services);
  const held = plan.services.flatMap(({ holds }) => (holds === undefined ? [] : [[holds.path, [...holds.names]] as [string, string[]]]));
  const begun = begunIn(plan, before);
  return {
    version: 1,
    machines: Object.fromEntries(
      plan.machines.map((machine) => [
        machine.key,
        {
          name: machine.name,
          generation: machine.generation,
          roles: [...machine.roles],
          group: machine.group,
          ...(machine.zone === undefined ? {} : { zone: machine.zone }),
          size: machine.size,
          address: machine.address,
          volumes: machine.volumes.map(({ device: _device, ...volume }) => volume),
          spread: machine.spread,
          ...(machine.login ? { login: machine.login } : builtWith(plan, machine, before?.machines[machine.key])),
        },
      ]),
    ),
    release: plan.release,
    versions: plannedVersions(plan),
    controlPlane: [...plan.cluster.controlPlane],
    network: {
      cidr: plan.network.cidr,
      // The gateway of a network that was there is not ours to move.
      ...(plan.network.existing ? {} : appliedSubnets(plan.network)),
      podCidr: plan.network.podCidr,
      serviceCidr: plan.network.serviceCidr,
      floating: { ...plan.network.floating },
    },
    apiEndpoint: {
      kind: plan.apiEndpoint.kind,
      address: plan.apiEndpoint.address,
      ...(plan.apiEndpoint.domain === undefined ? {} : { domain: plan.apiEndpoint.domain }),
    },
    ingressAddress: plan.platform.ingress.address,
    ...controllers(plan.platform.ingress),
    storage:
      plan.platform.storage.kind === "nfs"
        ? `nfs ${plan.platform.storage.server}:${plan.platform.storage.path}`
        : plan.platform.storage.kind === "cloud"
          ? "the cloud's own volumes"
          : plan.platform.storage.kind === "rookCeph"
            ? `Ceph on the pool ${plan.platform.storage.pool}`
            : plan.platform.storage.className,
    ...ceph(plan.platform.storage),
    ...(balancedByCloud(plan.platform) ? { loadBalancer: "cloud" as const } : {}),
    protectData: plan.protectData,
    databases,
    domain: plan.platform.domain,
    tls: plan.platform.tls.kind,
    ...authoritiesOf(plan.platform.tls),
    ...built(plan),
    flows: plan.flows.map(({ from, to, protocol, ports, reason }) => ({ from, to, protocol, ports: [...ports], reason })),
    claims: Object.fromEntries(plan.services.flatMap(({ name, sizeGiB }) => (sizeGiB === undefined ? [] : [[name, sizeGiB]]))),
    ...(members.length === 0 ? {} : { members: Object.fromEntries(members) }),
    ...(replicated.length === 0 ? {} : { replicated: Object.fromEntries(replicated) }),
    ...(Object.keys(rotations).length === 0 ? {} : { rotations: { ...rotations } }),
    ...(caches.length === 0 ? {} : { caches }),
    ...(held.length === 0 || plan.retain.includes("volumes") ? {} : { held: Object.fromEntries(held) }),
    ...(begun === undefined ? {} : { begun }),
    ...(plan.tenants === undefined || plan.retain.includes("volumes") ? {} : { tenants: plan.tenants.map(({ name }) => name) }),
    ...(plan.extra === undefined ? {} : { extra: dataOf(plan.extra) }),
    place: {
      ...Object.assign({}, ...plan.services.map(({ fixed = {} }) => fixed)),
      "infrastructure.provider": plan.provider,
      "infrastructure.region": plan.cloud.region ?? "",
      "infrastructure.network.existing": [
        ...[plan.network.existing?.network, plan.network.existing?.subnet],
        ...Object.entries(plan.network.existing?.groups ?? {}).map(([group, subnet]) => `${group} in ${subnet}`),
      ]
        .filter(Boolean)
        .join(" "),
      ...Object.fromEntries(Object.entries(plan.cloud.place).map(([name, value]) => [`infrastructure.${plan.provider}.${name}`, value])),
    },
  };
}

/** The name under which the version of Kubernetes stands beside those of the services. */
export const KUBERNETES = "kubernetes";

/** The versions of what an environment runs, by name: of Kubernetes, then of its services in their order. */
export function plannedVersions({ cluster, services }: EnvironmentPlan): Record<string, string> {
  return { [KUBERNETES]: cluster.kubernetes, ...Object.fromEntries(services.map(({ name, version }) => [name, version])) };
}

/** What was begun before and what is now, as far as whoever keeps it is there. */
function begunIn({ services }: EnvironmentPlan, before: Applied | undefined): Applied["begun"] {
  const all = new Map(Object.entries(before?.begun ?? {}));
  for (const { leaves } of services)
    if (leaves)
      all.set(leaves.path, { kind: leaves.kind, names: [...new Set([...(all.get(leaves.path)?.names ?? []), leaves.name])].sort() });
  const kept = [...all].filter(([, { kind }]) => offererOf(kind, services) !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** A release's chart may make volumes, which nobody but the chart knows. */
function dataOf({ releases, objects }: ExtraPlan): NonNullable<Applied["extra"]> {
  return { releases: releases.map(({ name }) => name), claims: objects.filter(holdsData).map(objectId) };
}

/** What is recorded of Ceph, where it keeps the volumes. */
function ceph(storage: EnvironmentPlan["platform"]["storage"]): Pick<Applied, "ceph"> {
  if (storage.kind !== "rookCeph") return {};
  const { replicas, failureDomain, objects, machines } = storage;
  const disks = Object.fromEntries(machines.map(({ key, volumes }) => [key, volumes.map(({ name }) => name)]));
  return { ceph: { replicas, failureDomain, objects, disks } };
}

/** What is recorded of the ingress controllers: nothing of the one that earlier versions had. */
function controllers({ kind, beside }: EnvironmentPlan["platform"]["ingress"]): Pick<Applied, "ingress"> {
  return kind === "nginx" && beside === undefined ? {} : { ingress: { kind, ...(beside === undefined ? {} : { beside }) } };
}

/** Whether the ingress has its address of the cloud's controller. */
function balancedByCloud({ loadBalancer, ingress }: EnvironmentPlan["platform"]): boolean {
  return loadBalancer.kind === "cloud" && loadBalancer.controller === true && ingress.nodePorts === undefined;
}

/** A machine that stands keeps what it was built with. */
function builtWith(plan: EnvironmentPlan, machine: MachinePlan, before: AppliedMachine | undefined): Pick<AppliedMachine, "userData"> {
  const userData = before?.generation === machine.generation ? before.userData : userDataDigest(plan, machine);
  return userData === undefined ? {} : { userData };
}

function appliedSubnets({ subnets }: EnvironmentPlan["network"]): Pick<Applied["network"], "gateway" | "subnets"> {
  const [{ zone, gateway }] = subnets;
  if (zone === undefined) return gateway === undefined ? {} : { gateway };
  return { subnets: Object.fromEntries(subnets.map((each) => [each.name, { cidr: each.cidr, gateway: each.gateway ?? "" }])) };
}

function built({ machines, cloud, zones, access }: EnvironmentPlan): Pick<Applied, "built"> {
  const image = machines[0]?.image ?? "";
  if (image === "") return {};
  const key = access.ssh.keyPair ?? access.ssh.publicKey;
  return { built: { image, ...cloud.firstBoot, zones: [...zones], ...(key === undefined ? {} : { key }) } };
}

/**
 * Reads the output `applied` of an environment's stack; undefined where there is none yet.
 * @throws RefusedError where a later version wrote it
 */
export function parseApplied(value: unknown, environment: string): Applied | undefined {
  refuseNewer("applied", value, environment);
  return value === undefined || value === null ? undefined : appliedSchema.parse(value);
}
