import { z } from "zod";
import type { Finding } from "../problems";
import { kubesprayRelease, kubesprayTags, tagFor } from "./releases";
import type { ClusterNode, ClusterSpec } from "./types";
import { isConnectionVariable, sameValue } from "./variables";

/** A cluster made by hand, as its inventory and its API server tell of it. */
export interface ImportedCluster {
  readonly spec: ClusterSpec;
  /** By node name. */
  readonly machines: Readonly<Record<string, ImportedMachine>>;
  /** What does not come along, and where inventory and cluster disagree: nothing may be taken over while there are errors. */
  readonly findings: readonly Finding[];
}

/** How the inventory reaches a host. */
export interface ImportedMachine {
  readonly machineId: string;
  readonly dialAddress: string;
  readonly sshUser?: string;
  readonly sshPort?: number;
}

/** What the API server and etcd tell. */
export interface ImportedLook {
  readonly kubernetes: string;
  readonly nodes: Readonly<
    Record<string, Pick<ClusterNode, "labels" | "taints" | "address"> & { readonly roles: readonly string[]; readonly etcdMember?: string }>
  >;
}

const groupSchema = z.object({ hosts: z.array(z.string()).default([]), children: z.array(z.string()).default([]) });
const inventorySchema = z
  .object({ _meta: z.object({ hostvars: z.record(z.string(), z.record(z.string(), z.unknown())) }) })
  .catchall(z.unknown());

/** Variables that say something of one host, or that the plan says itself. */
const OF_HOSTS: readonly string[] = [
  "ip",
  "access_ip",
  "ip6",
  "access_ip6",
  "etcd_member_name",
  "node_labels",
  "node_taints",
  "kube_version",
];

/** What of a variable's value Ansible has sealed. */
const VAULT = "__ansible_vault";

/** Groups by the names they once had, which kubespray still takes. */
const ONCE_CALLED: Readonly<Record<string, string>> = { kube_control_plane: "kube-master", kube_node: "kube-node" };

/** The hosts of a group with those of its children, in the inventory's order. */
function hostsIn(inventory: z.infer<typeof inventorySchema>, group: string, seen: readonly string[] = []): string[] {
  const parsed = groupSchema.safeParse(inventory[group] ?? inventory[ONCE_CALLED[group] ?? group]);
  if (!parsed.success || seen.includes(group)) return [];
  const { hosts, children } = parsed.data;
  return [...new Set([...hosts, ...children.flatMap((child) => hostsIn(inventory, child, [...seen, group]))])];
}

/**
 * Reads a cluster out of the inventory that made it, as `ansible-inventory --list` prints it.
 * @param look what the running cluster tells; without it, what the inventory says is believed
 * @param kubespray the tag that made it; by default one that fits the cluster's version, with a warning
 * @throws Error where the inventory is none of kubespray's
 */
export function importInventory(name: string, printed: unknown, look?: ImportedLook, kubespray?: string): ImportedCluster {
  const parsed = inventorySchema.safeParse(printed);
  if (!parsed.success) throw new Error("this is no inventory as `ansible-inventory --list` prints it");
  const inventory = parsed.data;
  const controlPlane = hostsIn(inventory, "kube_control_plane");
  const etcd = hostsIn(inventory, "etcd");
  const workers = hostsIn(inventory, "kube_node");
  if (controlPlane.length === 0 || etcd.length === 0)
    throw new Error("the inventory has no hosts in kube_control_plane and etcd, as kubespray's inventories have");
  const names = [...new Set([...controlPlane, ...etcd, ...workers])];
  const variablesOf = (host: string) => inventory._meta.hostvars[host] ?? {};
  const { common, findings } = commonVariables(names, variablesOf);
  const nodes = Object.fromEntries(
    names.map((host): [string, ClusterNode] => {
      const roles: ClusterNode["roles"] = [
        ...(controlPlane.includes(host) ? (["control-plane"] as const) : []),
        ...(etcd.includes(host) ? (["etcd"] as const) : []),
        ...(workers.includes(host) ? (["worker"] as const) : []),
      ];
      // kubespray names members by their place in the group, unless it is told otherwise.
      const member = text(variablesOf(host).etcd_member_name) ?? `etcd${etcd.indexOf(host) + 1}`;
      return [host, importedNode(host, roles, variablesOf(host), roles.includes("etcd") ? member : undefined, look)];
    }),
  );
  const version = look?.kubernetes ?? text(variablesOf(names[0] ?? "").kube_version)?.replace(/^v/, "");
  if (version === undefined)
    findings.push(error("kubernetes", "neither inventory nor cluster tells the version", "set kube_version in it"));
  const tag = kubespray ?? (version === undefined ? undefined : likelyTag(version));
  if (kubespray === undefined && tag !== undefined) {
    const reason = `neither inventory nor cluster tells which tag made it: ${tag} is taken, which fits Kubernetes ${version}`;
    findings.push({ path: "kubespray", reason, remedy: "say which tag it was", severity: "warning" });
  }
  if (tag === undefined)
    findings.push(
      error("kubespray", `no catalogued tag of kubespray installs Kubernetes ${version ?? ""}`, "upgrade the cluster by hand first"),
    );
  findings.push(...disagreements(nodes, look));
  return {
    spec: {
      name,
      kubespray: tag ?? "",
      kubernetes: version ?? "",
      nodes,
      controlPlane,
      etcd,
      variables: common,
      apiEndpoint: endpointOf(common, nodes[controlPlane[0] ?? ""]),
      onDelete: "forget",
    },
    machines: Object.fromEntries(names.map((host) => [host, importedMachine(host, variablesOf(host))])),
    findings,
  };
}

/** The tag that installs this version where it is told nothing, else the newest that can. */
function likelyTag(version: string): string | undefined {
  const byDefault = kubesprayTags.findLast((tag) => kubesprayRelease(tag)?.kubernetes.default === version);
  return byDefault ?? tagFor(version, "");
}

function importedNode(
  host: string,
  roles: ClusterNode["roles"],
  variables: Readonly<Record<string, unknown>>,
  member: string | undefined,
  look: ImportedLook | undefined,
): ClusterNode {
  const seen = look?.nodes[host];
  const labels = z.record(z.string(), z.coerce.string()).safeParse(variables.node_labels ?? {}).data ?? {};
  const taints = z.array(z.string()).safeParse(variables.node_taints ?? []).data ?? [];
  const etcdMember = seen?.etcdMember ?? member;
  return {
    key: host,
    generation: 1,
    roles,
    address: text(variables.ip) ?? text(variables.access_ip) ?? seen?.address ?? text(variables.ansible_host) ?? host,
    ...(member === undefined || etcdMember === undefined ? {} : { etcdMember }),
    // What is there now, of what the inventory names: the rest is others'.
    labels: seen ? Object.fromEntries(Object.entries(seen.labels).filter(([key]) => Object.hasOwn(labels, key))) : labels,
    taints: seen ? seen.taints.filter((taint) => taints.includes(taint)) : taints,
  };
}

function importedMachine(host: string, variables: Readonly<Record<string, unknown>>): ImportedMachine {
  const dialAddress = text(variables.ansible_host) ?? text(variables.access_ip) ?? text(variables.ip) ?? host;
  const user = text(variables.ansible_user);
  const port = Number(variables.ansible_port ?? 22);
  return {
    machineId: `${host}@${text(variables.ip) ?? dialAddress}`,
    dialAddress,
    ...(user === undefined ? {} : { sshUser: user }),
    ...(port === 22 ? {} : { sshPort: port }),
  };
}

/** Variables that are the same for every host; the others have no place in a plan. */
function commonVariables(
  names: readonly string[],
  variablesOf: (host: string) => Readonly<Record<string, unknown>>,
): { readonly common: Record<string, unknown>; readonly findings: Finding[] } {
  const common: Record<string, unknown> = {};
  const findings: Finding[] = [];
  const all = [...new Set(names.flatMap((host) => Object.keys(variablesOf(host))))].sort();
  for (const variable of all.filter((each) => !OF_HOSTS.includes(each) && !isConnectionVariable(each))) {
    const value = variablesOf(names[0] ?? "")[variable];
    const path = `variables.${variable}`;
    if (JSON.stringify(names.map((host) => variablesOf(host)[variable])).includes(VAULT))
      findings.push(error(path, "it is sealed by Ansible's vault", "give it in the file as a reference to a secret"));
    else if (names.every((host) => sameValue(variablesOf(host)[variable], value))) common[variable] = value;
    else {
      const differing = names.filter((host) => variablesOf(host)[variable] !== undefined);
      const reason = `it is not the same for all hosts (set on ${differing.join(", ")}), and does not come along`;
      findings.push({ path, reason, remedy: "set it for the whole cluster, or live without it", severity: "warning" });
    }
  }
  return { common, findings };
}

function endpointOf(variables: Readonly<Record<string, unknown>>, first: ClusterNode | undefined): ClusterSpec["apiEndpoint"] {
  const balancer = z
    .object({ address: z.string(), port: z.coerce.number().default(6443) })
    .safeParse(variables.loadbalancer_apiserver).data;
  if (!balancer) return { host: first?.address ?? "", port: 6443, kind: "node" };
  const kind = variables.kube_vip_enabled === true ? "virtualIp" : "loadBalancer";
  return { host: text(variables.apiserver_loadbalancer_domain_name) ?? balancer.address, port: balancer.port, kind };
}

/** Where inventory and cluster tell of different nodes. */
function disagreements(nodes: Readonly<Record<string, ClusterNode>>, look: ImportedLook | undefined): Finding[] {
  if (!look) return [];
  const isControlPlane = (roles: readonly string[]) => roles.includes("control-plane");
  const ofInventory = Object.entries(nodes).flatMap(([name, node]): Finding[] => {
    const seen = look.nodes[name];
    const path = `nodes.${name}`;
    if (!seen)
      return [
        error(path, "the inventory names it, and the cluster has no such node", "take it out of the inventory, or join it by kubespray"),
      ];
    if (isControlPlane(seen.roles) !== isControlPlane(node.roles)) {
      const reason = `it is ${isControlPlane(seen.roles) ? "a" : "no"} control plane, and the inventory says otherwise`;
      return [error(path, reason, "put it into the inventory's right groups")];
    }
    return seen.address === node.address || seen.address === ""
      ? []
      : [error(path, `its address is ${seen.address}, and the inventory says ${node.address}`, "set ip of that host in the inventory")];
  });
  const others = Object.keys(look.nodes).filter((name) => !nodes[name]);
  return [
    ...ofInventory,
    ...others.map((name) =>
      error(
        `nodes.${name}`,
        "the cluster has this node, and the inventory does not name it",
        "add it to the inventory, or remove it from the cluster",
      ),
    ),
  ];
}

function error(path: string, reason: string, remedy: string): Finding {
  return { path, reason, remedy, severity: "error" };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
