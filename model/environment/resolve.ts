import type { CloudDefinition } from "../cloud";
import { sameValue } from "../cluster/variables";
import { type Fields, fields, given, isFields } from "../data";
import type { ExtraObject } from "../extra";
import type { Lock } from "../lock";
import type { Maintenance } from "../plan/infrastructure-types";
import { cloudOf, type Registry } from "../registry";
import { hostGroups, isHost, zonesOf } from "./host-groups";
import { type ProfileDefaults, profiles } from "./profiles";
import { platformOf } from "./resolve-platform";
import type { EnvironmentFile } from "./schema";
import type { Environment, WantedBackups, WantedGroup, WantedMachine } from "./types";

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
 * Applies the defaults that follow from the file, and from its lock where that keeps who was chosen before others can be checked.
 * @param own what the environment's own file says, without its bases
 */
export function resolveEnvironment(
  file: EnvironmentFile,
  registry: Registry,
  own: unknown = file,
  objects: readonly ExtraObject[] = [],
  lock?: Lock,
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
      ...given("registries", cluster.registries),
      ...given("airGap", cluster.airGap),
      ...given("kubesprayFrom", cluster.kubespray?.source),
      onDelete: cluster.onDelete ?? cloud.defaults.onDelete,
      variables: cluster.variables ?? {},
    },
    platform: platformOf(file, registry, objects, lock),
  };
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

function fieldAt(content: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, step) => (isFields(value) && Object.hasOwn(value, step) ? value[step] : undefined), content);
}
