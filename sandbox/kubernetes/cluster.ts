import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseFile } from "../../host/files";
import { isNfsClient } from "../../model/plan/operating-system";
import { cloudFolder, MACHINES } from "../../plugin/cloud-folder";
import { FreshFiles } from "../fresh";
import { Store, type Stored } from "../store";
import { at, type Fields, fields, list, text } from "./values";

/** A node of the simulated cluster, as the simulated kubespray leaves it in the world's cluster.json. */
export interface SimulatedNode {
  readonly name: string;
  readonly ready: boolean;
  readonly roles: readonly string[];
  readonly labels: Fields;
  readonly taints: readonly Taint[];
  readonly address: string;
  /** What its kubelet has registered its machine as, where it was told to. */
  readonly providerId?: string;
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** The simulated cluster of a world. */
export interface SimulatedCluster {
  readonly name: string;
  /** The API server's URL. */
  readonly server: string;
  /** Changes when the cluster is made anew, where the runner says so: what a former cluster held is gone then. */
  readonly uid?: string;
  readonly nodes: readonly SimulatedNode[];
  /** Whether a node can mount NFS: a machine that the world's cloud made with packages of its own must have the client among them. */
  readonly mountsNfs: (node: SimulatedNode) => boolean;
}

/** Reads the world's cluster; undefined while there is none. */
export function readCluster(worldDir: string): SimulatedCluster | undefined {
  const file = CLUSTERS.read(join(worldDir, "cluster.json"));
  if (file === undefined) return undefined;
  const uid = text(file.uid);
  return {
    name: String(file.name),
    server: String(file.server),
    ...(uid === undefined ? {} : { uid }),
    // An etcd member of its own is no node of Kubernetes.
    nodes: Object.entries(fields(file.nodes))
      .map(([name, node]) => readNode(name, fields(node)))
      .filter(({ roles }) => roles.some((role) => role !== "etcd")),
    mountsNfs: nfsMounts(worldDir),
  };
}

/** Namespaces that others made in the world's cluster, before anything of the environment's: what the world's file lists. */
export function namespacesBeforehand(worldDir: string): string[] {
  return list(WORLD_FILES.read(join(worldDir, "world.json"))?.namespaces).flatMap((name) => text(name) ?? []);
}

const WORLD_FILES = new FreshFiles((path, content) =>
  fields(parseFile(path, content, "mend it, or delete it: the next operation writes it anew")),
);

const CLUSTERS = new FreshFiles((path, content) =>
  fields(parseFile(path, content, "mend it, or begin anew with `rm -r .kpaas/sandbox` (all of it is simulated)")),
);

/** Reads the machines when first asked. One that is unknown, or older than their packages are recorded, is taken to have been prepared by hand. */
function nfsMounts(worldDir: string): SimulatedCluster["mountsNfs"] {
  let unable: ReadonlySet<unknown> | undefined;
  return ({ address }) => {
    unable ??= new Set(
      objectsOf(worldDir, MACHINES)
        .filter(({ packages }) => Array.isArray(packages) && !packages.map(String).some(isNfsClient))
        .map(({ accessIpV4, privateIp }) => accessIpV4 ?? privateIp),
    );
    return !unable.has(address);
  };
}

/** What the world's cloud has of a kind. */
function objectsOf(worldDir: string, kind: string): readonly Stored[] {
  const folder = cloudFolder(worldDir);
  return folder === undefined ? [] : new Store(folder).list(kind);
}

const CONTROL_PLANE_TAINT: Taint = { key: "node-role.kubernetes.io/control-plane", value: "", effect: "NoSchedule" };

function readNode(name: string, node: Fields): SimulatedNode {
  const roles = list(node.roles).map(String);
  const taints = list(node.taints).map((taint) => parseTaint(String(taint)));
  const reserved = roles.includes("control-plane") && !roles.includes("worker");
  if (reserved && !taints.some((taint) => taint.key === CONTROL_PLANE_TAINT.key)) taints.push(CONTROL_PLANE_TAINT);
  const labels = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", ...fields(node.labels) };
  const roleLabels = Object.fromEntries(
    roles.filter((role) => role === "control-plane").map((role) => [`node-role.kubernetes.io/${role}`, ""]),
  );
  const providerId = text(node.providerId)?.replace("{id}", String(node.machineId));
  return {
    ...{ name, ready: node.ready === true, roles, labels: { ...labels, ...roleLabels }, taints, address: String(node.address ?? "") },
    ...(providerId === undefined ? {} : { providerId }),
  };
}

function parseTaint(written: string): Taint {
  const [pair, effect] = written.split(":") as [string, string | undefined];
  const [key, value] = pair.split("=") as [string, string | undefined];
  return { key, value: value ?? "", effect: effect ?? "NoSchedule" };
}

/**
 * The URLs at which the cluster's API is reached from outside: the floating addresses that point to a control plane or to its balancer, the names
 * (`outside`) of balancers that lead to one, and those of hosts.
 */
export function outsideServers(worldDir: string, { server, nodes }: SimulatedCluster): string[] {
  const { hostname, port } = new URL(server);
  const inside = new Set([
    hostname,
    ...nodes.filter(({ roles }) => roles.includes("control-plane")).map(({ address }) => address),
    ...objectsOf(worldDir, "loadBalancer").map(({ vipAddress }) => vipAddress),
  ]);
  const floating = objectsOf(worldDir, "floatingIp").flatMap(({ address, fixedIp }) => (inside.has(fixedIp) ? [address] : []));
  const named = objectsOf(worldDir, "loadBalancer").flatMap(({ outside, leadsTo }) =>
    list(leadsTo).some((each) => inside.has(each)) ? list(outside) : [],
  );
  const hosts = list(WORLD_FILES.read(join(worldDir, "world.json"))?.outside);
  return [...floating, ...named, ...hosts].map((address) => `https://${address}:${port}`);
}

/**
 * Why a provider with this configuration cannot reach the world's cluster; undefined when it can. The kubeconfig must name one of the
 * URLs where the cluster that is there answers, or one outside (`outside`) with the name that the first one's certificate holds.
 */
export function unreachableReason(servers: readonly string[], config: Fields, outside: () => readonly string[]): string | undefined {
  const kubeconfig = text(config.kubeconfig);
  if (kubeconfig === undefined)
    return "invalid configuration: no configuration has been provided, try setting the kubeconfig of the provider";
  const cluster = clusterOf(kubeconfig, text(config.context));
  const server = text(cluster.server);
  if (server === undefined) return "invalid configuration: the kubeconfig names no server for its current context";
  if (servers.some((one) => trimmed(one) === trimmed(server))) return undefined;
  const name = text(cluster["tls-server-name"]);
  const held = servers[0] === undefined ? undefined : new URL(servers[0]).hostname;
  if (outside().includes(trimmed(server))) {
    const given = name ?? new URL(server).hostname;
    return given === held ? undefined : `tls: failed to verify certificate: x509: certificate is valid for ${held}, not ${given}`;
  }
  const host = /^https?:\/\/([^/]+)/.exec(server)?.[1] ?? server;
  return `unable to load schema information from the API server: Get "${trimmed(server)}/openapi/v2?timeout=32s": dial tcp ${host}: connect: connection refused`;
}

const trimmed = (url: string): string => url.replace(/\/+$/, "");

/** The kubeconfig that was read last: every call asks by the same one. */
let last: { readonly content: string; readonly file: Fields } | undefined;

function readKubeconfig(content: string): Fields {
  if (last?.content !== content) last = { content, file: fields(parse(content)) };
  return last.file;
}

/** The cluster of a kubeconfig's current context. */
function clusterOf(kubeconfig: string, context: string | undefined): Fields {
  let file: Fields;
  try {
    // A value that is no document is the path of a file.
    file = readKubeconfig(/[:{]/.test(kubeconfig) ? kubeconfig : readFileSync(kubeconfig, "utf8"));
  } catch {
    return {};
  }
  const named = (part: string, name: unknown): Fields => fields(list(file[part]).find((entry) => fields(entry).name === name));
  const chosen = named("contexts", context ?? file["current-context"]);
  return fields(at(named("clusters", at(chosen, "context.cluster")), "cluster"));
}
