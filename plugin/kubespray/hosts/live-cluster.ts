import { parse } from "yaml";
import { z } from "zod";
import type { IllPod } from "../../../model/cluster/health";
import type { ClusterSpec } from "../../../model/cluster/types";
import type { LiveCluster, LiveEtcdMember, LiveNode } from "../cluster-view";
import { kubeconfigWith } from "../pki";
import { sectionsOf } from "./live-scripts";

/** A node as the API server tells it, with the identity of the machine it is on. */
export interface ApiNode extends Omit<LiveNode, "etcdMember" | "roles"> {
  readonly isControlPlane: boolean;
  readonly machineId: string;
}

const taintSchema = z.object({ key: z.string(), value: z.string().default(""), effect: z.string() });
const labelsSchema = z.record(z.string(), z.string());

/** A cluster as one of its control planes tells it. */
export interface ApiCluster {
  readonly kubernetes: string;
  readonly nodes: Readonly<Record<string, ApiNode>>;
  readonly kubeconfig: string;
  readonly illPods: readonly IllPod[];
}

/** What a control plane printed; undefined where no cluster is on it. */
export function parseCluster(output: string): ApiCluster | undefined {
  const { version, nodes, kubeconfig, leases = "", pods = "" } = sectionsOf(output);
  if (version === undefined || nodes === undefined || kubeconfig === undefined) return undefined;
  const { gitVersion } = z.object({ gitVersion: z.string() }).parse(JSON.parse(version));
  const silent = silentIn(leases);
  const found = linesOf(nodes).map(parseNode);
  const names = new Set(found.map(([name]) => name));
  return {
    kubernetes: plain(gitVersion),
    nodes: Object.fromEntries(found.map(([name, node]) => [name, silent.has(name) ? { ...node, ready: false } : node])),
    kubeconfig,
    // Those of a node that is gone stay listed until they are collected, as its kubelet told of them last.
    illPods: linesOf(pods)
      .map((line) => parsePod(line, nowIn(leases)))
      .filter(({ node }) => node === "" || names.has(node)),
  };
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Of the time that a lease holds. A kubelet renews it four times meanwhile, and its node is called Ready until that time is long over. */
const SILENT_AFTER = 0.75;

/** Nodes of which nothing was heard for so long that what is said of them is of the past. */
function silentIn(leases: string): ReadonlySet<string> {
  const [now, ...lines] = [nowIn(leases), ...linesOf(leases).slice(1)];
  const isSilent = (renewed: string, seconds: string) => now - Date.parse(renewed) / 1_000 > Number(seconds) * SILENT_AFTER;
  return new Set(
    lines.map((line) => line.split("\t")).flatMap(([name = "", renewed = "", seconds = ""]) => (isSilent(renewed, seconds) ? [name] : [])),
  );
}

/** The control plane's time, in seconds since 1970. */
function nowIn(leases: string): number {
  return Number(linesOf(leases)[0] ?? 0);
}

function parsePod(line: string, now: number): IllPod {
  const [name = "", node = "", , , , init = "", waiting = "", restarts = "", since = ""] = line.split("\t");
  const began = Date.parse(since) / 1_000;
  const reasons = `${init} ${waiting}`.split(" ").filter((reason) => reason !== "" && reason !== "PodInitializing");
  return {
    name,
    node,
    reason: reasons[0] ?? "",
    restarts: Math.max(0, ...restarts.split(" ").map(Number)),
    seconds: Number.isNaN(began) ? 0 : now - began,
  };
}

function parseNode(line: string): [string, ApiNode] {
  const [name = "", labelText = "", taintText = "", unschedulable, kubelet = "", runtime = "", machineId = "", ready, addresses = ""] =
    line.split("\t");
  const labels = labelsSchema.parse(labelText === "" ? {} : JSON.parse(labelText));
  const taints = z.array(taintSchema).parse(taintText === "" ? [] : JSON.parse(taintText));
  return [
    name,
    {
      isControlPlane: Object.hasOwn(labels, "node-role.kubernetes.io/control-plane"),
      machineId,
      address: addresses.split(" ")[0] ?? "",
      kubelet: plain(kubelet),
      ready: ready === "True",
      labels,
      taints: taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`),
      runtime,
      ...(unschedulable === "true" ? { cordoned: true } : {}),
    },
  ];
}

function plain(version: string): string {
  return version.replace(/^v/, "");
}

/** A member of etcd's with the address its peers dial. */
export interface EtcdMember extends LiveEtcdMember {
  readonly address: string;
}

const membersSchema = z.object({
  members: z.array(z.object({ name: z.string().default(""), peerURLs: z.array(z.string()), clientURLs: z.array(z.string()).default([]) })),
});
const healthSchema = z.array(z.object({ endpoint: z.string(), health: z.boolean(), error: z.string().optional() }));

/** What a host of etcd's printed. */
export function parseEtcd(output: string): readonly EtcdMember[] {
  const { members, health } = sectionsOf(output);
  if (members === undefined || members === "") return [];
  const asked = health ? healthSchema.safeParse(JSON.parse(health)) : undefined;
  const answers = new Map((asked?.data ?? []).map((one) => [hostIn(one.endpoint), one]));
  return membersSchema.parse(JSON.parse(members)).members.map(({ name, peerURLs, clientURLs }) => {
    const address = hostIn(peerURLs[0] ?? "");
    // One that was added and has never started has no name and no address for clients.
    if (clientURLs.length === 0) return { name: name || address, address, healthy: false, reason: "it was added and has not started" };
    const answer = answers.get(hostIn(clientURLs[0] ?? ""));
    return answer?.health
      ? { name, address, healthy: true }
      : { name, address, healthy: false, reason: answer?.error || "it does not answer" };
  });
}

function hostIn(url: string): string {
  return /^(?:\w+:\/\/)?\[?([^\]/]+?)\]?:\d+/.exec(url)?.[1] ?? url;
}

/** When certificates end (ISO 8601) by kubeadm's names, the earliest of all hosts. */
export function parseCertificates(outputs: readonly string[]): Readonly<Record<string, string>> {
  const ends = new Map<string, number>();
  for (const line of outputs.flatMap((output) => output.split("\n"))) {
    const [name = "", date = ""] = line.split("\t");
    const end = Date.parse(date);
    if (name !== "" && !Number.isNaN(end)) ends.set(name, Math.min(end, ends.get(name) ?? end));
  }
  return Object.fromEntries([...ends].sort().map(([name, end]) => [name, new Date(end).toISOString()]));
}

const kubeconfigSchema = z.object({
  clusters: z.array(z.object({ cluster: z.object({ "certificate-authority-data": z.string() }) })).min(1),
  users: z.array(z.object({ user: z.record(z.string(), z.string()) })).min(1),
});

/**
 * A control plane's admin.conf as others use it: at the endpoint instead of that control plane's own address, and with the cluster's name, so
 * that several can be merged.
 */
export function endpointKubeconfig(adminConf: string, { name, apiEndpoint }: ClusterSpec): string {
  const { clusters, users } = kubeconfigSchema.parse(parse(adminConf));
  const ca = clusters[0]?.cluster["certificate-authority-data"] ?? "";
  return kubeconfigWith(name, `https://${apiEndpoint.host}:${apiEndpoint.port}`, ca, users[0]?.user ?? {});
}

/** The cluster as its parts tell it. */
export function liveCluster(
  spec: ClusterSpec,
  found: ApiCluster,
  etcd: readonly EtcdMember[],
  certificates: Readonly<Record<string, string>>,
): LiveCluster {
  const memberAt = new Map(etcd.map((member) => [member.address, member]));
  const nodes = Object.entries(found.nodes).map(([name, { isControlPlane, machineId: _machineId, ...node }]) => {
    const member = memberAt.get(node.address);
    const isWorker = spec.nodes[name]?.roles.includes("worker") ?? !isControlPlane;
    const roles = [...(isControlPlane ? ["control-plane"] : []), ...(member ? ["etcd"] : []), ...(isWorker ? ["worker"] : [])];
    return [name, { ...node, roles, ...(member ? { etcdMember: member.name } : {}) }] as const;
  });
  // Members on hosts of their own are no nodes of Kubernetes'.
  const others = Object.entries(spec.nodes).flatMap(([name, { address }]) => {
    const member = memberAt.get(address);
    if (!member || found.nodes[name]) return [];
    return [
      [name, { roles: ["etcd"], address, kubelet: "", ready: member.healthy, etcdMember: member.name, labels: {}, taints: [] }] as const,
    ];
  });
  return {
    kubernetes: found.kubernetes,
    nodes: Object.fromEntries([...nodes, ...others]),
    kubeconfig: endpointKubeconfig(found.kubeconfig, spec),
    etcd: etcd.map(({ address: _address, ...member }) => member),
    illPods: found.illPods,
    certificates,
  };
}
