import type { CloudDefinition } from "../cloud";
import { sameValue } from "../cluster/variables";
import { type Fields, fields, isFields } from "../data";
import type { ExtraObject } from "../extra";
import { instancesByProfile } from "../instances";
import { formatAddress, parseRange } from "../ipv4";
import type { Maintenance } from "../plan/infrastructure-types";
import type { Profile, ResourcesPlan, TlsPlan } from "../plan/types";
import type { Amount } from "../quantity";
import { cloudOf, offererOf, type Registry, switchedServices } from "../registry";
import { hostGroups, isHost, zonesOf } from "./host-groups";
import { laterServices } from "./later-services";
import type { EnvironmentFile } from "./schema";
import type { Environment, WantedBackups, WantedCeph, WantedGroup, WantedMachine, WantedService, WantedTenant } from "./types";

interface ProfileDefaults {
  readonly controlPlanes: number;
  readonly workers: number;
  readonly bastion: boolean;
  /** Replicas of the services that can have several. */
  readonly replicas: number;
}

/** What each profile gives where the file is silent. */
export const profiles: Readonly<Record<Profile, ProfileDefaults>> = {
  minimal: { controlPlanes: 1, workers: 2, bastion: false, replicas: 1 },
  standard: { controlPlanes: 1, workers: 3, bastion: false, replicas: 1 },
  highAvailability: { controlPlanes: 3, workers: 3, bastion: true, replicas: 2 },
};

/** K-PaaS's own choice of TLS cipher suites for the control plane (CVE-2016-2183 is why there is one). */
const cipherSuites = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
];

/**
 * Applies the defaults that follow from the file alone.
 * @param own what the environment's own file says, without its bases
 */
export function resolveEnvironment(
  file: EnvironmentFile,
  registry: Registry,
  own: unknown = file,
  objects: readonly ExtraObject[] = [],
): Environment {
  const profile = file.profile ?? "minimal";
  const defaults = profiles[profile];
  const { infrastructure, cluster = {}, platform = {} } = file;
  const cloud = cloudOf(infrastructure.provider, registry);
  const access = infrastructure.access ?? {};
  const cidr = infrastructure.network?.cidr ?? "10.20.0.0/16";
  const adminCidrs = access.adminCidrs ?? [];
  const options = cloud.resolve(optionsOf(file, cloud.name));
  const hosts = cloud.hosts?.(options);
  const bastion =
    hosts === undefined ? (access.bastion === undefined ? defaults.bastion : access.bastion !== false) : isHost(hosts, hosts.bastion);
  const storage = platform.storage ?? { kind: "nfs" as const };
  const shared = storage.kind === "nfs" && storage.server === undefined;
  const groups = hosts
    ? hostGroups(groupsOf(file, own, defaults, cloud, false, false), hosts, shared)
    : sized(groupsOf(file, own, defaults, cloud, bastion, shared), cloud.neutral?.(options).sizes);
  const controlPlanes = groups.find((group) => group.name === "control-plane")?.machines.length ?? 0;
  const endpoint = cluster.apiEndpoint?.kind ?? (controlPlanes > 1 ? cloud.defaults.apiEndpoint : "node");
  const range =
    platform.loadBalancer?.kind === "metallb" && platform.loadBalancer.range ? parseRange(platform.loadBalancer.range) : undefined;
  const existing = infrastructure.network?.existing;
  return {
    name: file.name,
    profile,
    ...given("release", file.release),
    layers: file.layers ?? "one",
    labels: file.labels ?? {},
    protectData: (file.protect ?? "data") === "data",
    retain: file.retain ?? [],
    provider: infrastructure.provider,
    ...given("region", infrastructure.region),
    zones: hosts ? zonesOf(groups) : (infrastructure.zones ?? []),
    ...given("image", infrastructure.image),
    ...given("credentials", infrastructure.credentials),
    cloud: options,
    ...given("hosts", hosts),
    network: {
      cidr,
      ...(infrastructure.network?.cidr === undefined ? { byDefault: true } : {}),
      ...given("gateway", infrastructure.network?.gateway),
      dns: infrastructure.network?.dns ?? [],
      reserved: infrastructure.network?.reserved ?? [],
      ...(existing
        ? {
            existing: {
              ...{ network: existing.network, subnet: existing.subnets.node },
              ...given("router", existing.router),
              ...given("cidr", existing.cidr),
              ...given("groups", existing.groups),
            },
          }
        : {}),
      ...given("floating", infrastructure.network?.floating),
    },
    access: {
      adminCidrs,
      ingressCidrs: access.ingressCidrs ?? [cidr, ...adminCidrs],
      bastion,
      api: access.api ?? (adminCidrs.length > 0 || !bastion ? "direct" : "bastion"),
      sshUser: access.ssh?.user ?? cloud.defaults.sshUser,
      ...given("publicKey", access.ssh?.publicKey),
      ...given("privateKey", access.ssh?.privateKey),
      ...given("keyPair", access.ssh?.keyPair),
      ...(access.ssh?.agent === true ? { agent: true } : {}),
      ...given("sudoPassword", access.ssh?.sudoPassword),
    },
    groups,
    cluster: {
      ...given("kubernetes", cluster.kubernetes),
      plugin: cluster.network?.plugin ?? "calico",
      encapsulation: cluster.network?.encapsulation ?? "vxlan",
      podCidr: cluster.network?.podCidr ?? "10.233.64.0/18",
      serviceCidr: cluster.network?.serviceCidr ?? "10.233.0.0/18",
      nodePrefix: cluster.network?.nodePrefix ?? 24,
      ...given("proxyMode", cluster.network?.proxyMode),
      runtime: cluster.runtime ?? "crio",
      apiEndpoint: {
        kind: endpoint,
        ...(cluster.apiEndpoint?.kind === undefined ? { byDefault: true } : {}),
        ...given("by", cluster.apiEndpoint?.by ?? (endpoint === "virtualIp" ? ("kubeVip" as const) : undefined)),
        ...given("domain", cluster.apiEndpoint?.domain),
        ...given("address", cluster.apiEndpoint?.address),
      },
      hardening: {
        auditLog: cluster.hardening?.auditLog ?? true,
        encryptSecrets: cluster.hardening?.encryptSecrets ?? true,
        tlsCipherSuites: cluster.hardening?.tlsCipherSuites ?? cipherSuites,
        ...given("podSecurity", cluster.hardening?.podSecurity),
      },
      autoRenewCertificates: cluster.certificates?.autoRenew ?? true,
      ...given("backups", cluster.backups && backupsOf(cluster.backups.etcd, file.name)),
      ...given("airGap", cluster.airGap),
      ...given("kubesprayFrom", cluster.kubespray?.source),
      onDelete: cluster.onDelete ?? cloud.defaults.onDelete,
      variables: cluster.variables ?? {},
    },
    platform: {
      ...given("domain", platform.domain),
      tls: tlsOf(platform.tls),
      storage:
        storage.kind === "existing"
          ? storage
          : storage.kind === "rookCeph"
            ? cephOf(storage)
            : storage.kind === "cloud" && cloud.inCluster?.volumes
              ? { kind: "cloud", classes: storage.classes ?? {} }
              : {
                  kind: "nfs",
                  sizeGiB: (storage.kind === "nfs" ? storage.sizeGiB : undefined) ?? 200,
                  path: (storage.kind === "nfs" ? storage.path : undefined) ?? "/home/share/nfs",
                  ...given("server", storage.kind === "nfs" ? storage.server : undefined),
                },
      loadBalancer: platform.loadBalancer?.kind ?? (cloud.can.virtualAddresses ? "metallb" : "cloud"),
      controller: wantsController(file, cloud) && cloud.inCluster?.controller !== undefined,
      ...(range ? { loadBalancerRange: { first: formatAddress(range.first), last: formatAddress(range.last) } } : {}),
      ...given("ingressAddress", platform.ingress?.address),
      ingressKind: platform.ingress?.kind ?? "nginx",
      ...given("ingressBeside", platform.ingress?.beside),
      services: [...servicesOf(file, registry, profile), ...ingressOf(file, registry)],
      tenants: tenantsOf(file),
      extra: extraOf(file, objects),
    },
  };
}

function tlsOf(tls: NonNullable<EnvironmentFile["platform"]>["tls"]): TlsPlan {
  if (tls?.kind === "acme") return tls;
  if (tls?.kind !== "provided") return { kind: "selfSigned", ...given("authorities", tls?.authorities) };
  const { authority, ...pair } = tls;
  return { ...pair, ...given("authority", authority) };
}

/** Three copies, and nothing goes with a claim: as K-PaaS has it. */
function cephOf({
  pool,
  volumes,
  replicas = 3,
  failureDomain,
  reclaim = "retain",
  objects = false,
}: Extract<NonNullable<NonNullable<EnvironmentFile["platform"]>["storage"]>, { kind: "rookCeph" }>): WantedCeph {
  return { kind: "rookCeph", pool, ...given("volumes", volumes), replicas, ...given("failureDomain", failureDomain), reclaim, objects };
}

/** Whether Services are to have balancers of the cloud's own: where nothing else leads to the ingress, or the file says so. */
export function wantsController({ platform = {} }: EnvironmentFile, { can }: Pick<CloudDefinition, "can">): boolean {
  const { loadBalancer } = platform;
  return loadBalancer?.kind === "cloud" && (loadBalancer.services ?? can.virtualAddresses);
}

/** What the file says of one cloud's own options. */
function optionsOf({ infrastructure }: EnvironmentFile, cloud: string): Fields {
  return fields(fields(infrastructure)[cloud]);
}

function groupsOf(
  file: EnvironmentFile,
  own: unknown,
  defaults: ProfileDefaults,
  { can, defaults: { sizes } }: CloudDefinition,
  bastion: boolean,
  nfs: boolean,
): WantedGroup[] {
  const cluster = file.cluster ?? {};
  const plain = { labels: {}, taints: [], volumes: [], spread: can.spread, counted: false };
  const stacked = (cluster.etcd?.placement ?? "stacked") === "stacked";
  const controlPlaneSize = cluster.controlPlane?.size ?? sizes.controlPlane;
  const pools = cluster.pools ?? { worker: {} };
  const storage = file.platform?.storage;
  const asked = file.infrastructure.access?.bastion;
  const shareGiB = (storage?.kind === "nfs" ? storage.sizeGiB : undefined) ?? 200;
  return [
    ...(bastion
      ? [
          {
            ...plain,
            name: "bastion",
            spread: false,
            path: "infrastructure.access.bastion",
            roles: ["bastion" as const],
            machines: [machine("bastion", (typeof asked === "object" ? asked.size : undefined) ?? sizes.bastion)],
          },
        ]
      : []),
    {
      ...plain,
      name: "control-plane",
      path: "cluster.controlPlane",
      roles: stacked ? ["control-plane", "etcd"] : ["control-plane"],
      machines: machinesOf("cp", cluster.controlPlane?.nodes ?? defaults.controlPlanes, controlPlaneSize, cluster.controlPlane?.generation),
      ...maintenanceOf(cluster.controlPlane),
    },
    ...(stacked
      ? []
      : [
          {
            ...plain,
            name: "etcd",
            path: "cluster.etcd",
            roles: ["etcd" as const],
            machines: machinesOf("etcd", cluster.etcd?.nodes ?? 3, cluster.etcd?.size ?? controlPlaneSize, cluster.etcd?.generation),
            ...maintenanceOf(cluster.etcd),
          },
        ]),
    ...Object.entries(pools).map(([name, pool]) => ({
      name,
      path: `cluster.pools.${name}`,
      roles: ["worker" as const],
      machines: machinesOf(name, pool.nodes ?? defaults.workers, pool.size ?? sizes.worker, pool.generation),
      ...maintenanceOf(pool),
      labels: pool.labels ?? {},
      taints: pool.taints ?? [],
      volumes: (pool.volumes ?? []).map((volume) => (volume.mount === undefined ? volume : { fileSystem: "ext4" as const, ...volume })),
      spread: pool.spread ?? can.spread,
      counted: pool.nodes !== undefined && sameValue(pool.nodes, fieldAt(own, "cluster", "pools", name, "nodes")),
    })),
    ...(nfs
      ? [
          {
            ...plain,
            name: "nfs",
            spread: false,
            path: "platform.storage",
            roles: ["nfs" as const],
            machines: [machine("nfs", (storage?.kind === "nfs" ? storage.size : undefined) ?? sizes.nfs)],
            volumes: [{ name: "share", sizeGiB: shareGiB }],
          },
        ]
      : []),
  ];
}

/** With the cloud's own names of sizes. */
function sized(groups: WantedGroup[], sizes: Readonly<Record<string, string>> = {}): WantedGroup[] {
  return groups.map((group) => ({ ...group, machines: group.machines.map((each) => ({ ...each, size: sizes[each.size] ?? each.size })) }));
}

type BackupsField = NonNullable<NonNullable<EnvironmentFile["cluster"]>["backups"]>["etcd"];

function backupsOf({ schedule = "0 */6 * * *", keep = 28, encryptTo, to = "local" }: BackupsField, name: string): WantedBackups {
  const plain = { schedule, keep, encryptTo };
  if (to === "local") return { ...plain, to: { local: { path: "/var/backups/kpaas-etcd" } } };
  if ("nfs" in to) return { ...plain, to };
  const { region = "us-east-1" } = to.s3;
  return { ...plain, to: { s3: { prefix: name, endpoint: `https://s3.${region}.amazonaws.com`, region, ...to.s3 } } };
}

type NodesField = NonNullable<NonNullable<EnvironmentFile["cluster"]>["controlPlane"]>["nodes"];

/** @param least the generation that each of them has at least */
function machinesOf(prefix: string, nodes: NonNullable<NodesField>, size: string, least = 1): WantedMachine[] {
  if (typeof nodes === "number") {
    return Array.from({ length: nodes }, (_, index) => ({ ...machine(`${prefix}-${index + 1}`, size), generation: least }));
  }
  return Object.entries(nodes).map(([key, node]) => ({
    ...machine(key, node?.size ?? size),
    ...given("zone", node?.zone),
    ...given("address", node?.address),
    generation: Math.max(least, node?.generation ?? 1),
  }));
}

/** A day begins at midnight UTC. */
function maintenanceOf(group: { readonly maintenance?: Maintenance | undefined } | undefined): { readonly maintenance?: Maintenance } {
  if (group?.maintenance === undefined) return {};
  const moments = Object.entries(group.maintenance).flatMap(([what, since]) =>
    since === undefined ? [] : [[what, since.includes("T") ? since : `${since}T00:00:00Z`]],
  );
  return { maintenance: Object.fromEntries(moments) };
}

function machine(key: string, size: string): WantedMachine {
  return { key, size, generation: 1 };
}

function servicesOf(file: EnvironmentFile, registry: Registry, profile: Profile): WantedService[] {
  const switched = switchedServices(registry);
  const inProfile = [
    ...switched.flatMap((each) => (each.profiles?.includes(profile) ? [each.name] : [])),
    ...laterServices(registry, profile),
  ];
  // Whoever runs several members of another is there where that has them.
  const claimed = switched.flatMap((each) => {
    const value = file.platform?.services?.[each.name] ?? inProfile.includes(each.name);
    const given = typeof value === "object" ? value.replicas : undefined;
    const several = value !== false && (given ?? instancesByProfile(each, profiles[profile].replicas)) > 1;
    return several && typeof each.replicas === "object" ? [offererOf(each.replicas.severalBy, switched)?.name] : [];
  });
  const byDefault = [...inProfile, ...claimed];
  return [...switched.map(({ name }) => name), ...laterServices(registry)].flatMap((name) => {
    const value = file.platform?.services?.[name];
    if (value === false || (value === undefined && !byDefault.includes(name))) return [];
    const { replicas, autoscaling, resources, nodeSelector, tolerations, reaches, size, values, ...options } =
      typeof value === "object" ? value : {};
    return [
      {
        name,
        path: `platform.services.${name}`,
        explicit: value !== undefined,
        ...commonOf({ replicas, autoscaling, resources, nodeSelector, tolerations, reaches }),
        ...given("sizeGiB", size === undefined ? undefined : gibibytes(size)),
        ...given("values", values),
        options,
      },
    ];
  });
}

/** What the ingress's own field says of whichever controllers there are. */
function ingressOf({ platform }: EnvironmentFile, registry: Registry): WantedService[] {
  const path = "platform.ingress";
  const common = commonOf(platform?.ingress ?? {});
  if (Object.keys(common).length === 0) return [];
  const controllers = Object.values(registry.services).filter(({ when, field }) => when !== undefined && field === path);
  return controllers.map(({ name }) => ({ name, path, explicit: false, ...common, options: {} }));
}

/** What every service can be told, and those that follow from a field of their own. */
function commonOf({ replicas, autoscaling, resources, nodeSelector, tolerations, reaches }: CommonFields): Partial<WantedService> {
  return {
    ...given("replicas", replicas),
    ...given("autoscaling", autoscaling && { minReplicas: 2, cpuPercent: 80, ...definedOf(autoscaling) }),
    ...given("resources", resources && resourcesOf(resources)),
    ...given("nodeSelector", nodeSelector),
    ...given("tolerations", tolerations),
    ...given("reaches", reaches),
  };
}

type IngressField = NonNullable<NonNullable<EnvironmentFile["platform"]>["ingress"]>;
type CommonFields = Pick<IngressField, "replicas" | "autoscaling" | "resources" | "nodeSelector" | "tolerations" | "reaches">;

/** Without what is not there. */
function definedOf<T extends object>(value: T): { [key in keyof T]: Exclude<T[key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [key in keyof T]: Exclude<T[key], undefined>;
  };
}

/** Objects that stand in the file itself, and those of files that it names. */
function extraOf({ platform }: EnvironmentFile, objects: readonly ExtraObject[]): Environment["platform"]["extra"] {
  const { releases = {}, manifests = [] } = platform?.extra ?? {};
  const own = manifests.flatMap((each, index) =>
    typeof each === "string" ? [] : [{ path: `platform.extra.manifests.${index}`, manifest: each }],
  );
  return {
    releases: Object.entries(releases)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { chart, repository, version, namespace, values = {} }]) => ({
        name,
        namespace,
        chart: { name: chart, version, repository },
        values,
      })),
    objects: [...own, ...objects],
  };
}

/** Without a word a tenant has the smallest of everything, and is closed. */
function tenantsOf({ platform }: EnvironmentFile): WantedTenant[] {
  const named = Object.entries(platform?.tenants ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return named.map(([name, { quota = "low", limits = "low", ...tenant }]) => ({
    name,
    quota:
      typeof quota === "string"
        ? quota
        : {
            cpu: String(quota.cpu),
            memory: String(quota.memory),
            ...given("storage", quota.storage === undefined ? undefined : String(quota.storage)),
            ...given("pods", quota.pods),
          },
    limits: typeof limits === "string" ? limits : { cpu: String(limits.cpu), memory: String(limits.memory) },
    administrators: tenant.administrators ?? [],
    users: tenant.users ?? [],
    labels: tenant.labels ?? {},
    isolate: tenant.isolate ?? true,
    podSecurity: tenant.podSecurity ?? "restricted",
    chaos: tenant.chaos ?? false,
  }));
}

type Resources = { readonly [side in "requests" | "limits"]?: { readonly [what in Amount]?: string | number } };

/** The amounts as texts, however the file writes them. */
function resourcesOf({ requests, limits }: Resources): ResourcesPlan {
  const texts = (amounts: NonNullable<Resources["requests"]>): { readonly cpu?: string; readonly memory?: string } =>
    Object.fromEntries(Object.entries(amounts).map(([what, amount]) => [what, String(amount)]));
  return { ...given("requests", requests && texts(requests)), ...given("limits", limits && texts(limits)) };
}

/** A number of GiB, or a quantity in Gi or Ti. */
function gibibytes(size: number | string): number {
  return typeof size === "number" ? size : Number.parseInt(size, 10) * (size.endsWith("Ti") ? 1024 : 1);
}

function fieldAt(content: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, step) => (isFields(value) && Object.hasOwn(value, step) ? value[step] : undefined), content);
}

/** `{ [key]: value }`, or nothing where there is no value. */
function given<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: V });
}
