import type { ClusterSpec } from "./types";

/** What a host tells of itself, and what it reaches. */
export interface HostFacts {
  readonly hostname: string;
  /** ID and VERSION_ID of /etc/os-release. */
  readonly system: { readonly id: string; readonly version: string };
  readonly kernel: string;
  /** Version of python3. */
  readonly python?: string;
  readonly systemd: boolean;
  readonly memoryMb: number;
  readonly processors: number;
  /** Below /var. */
  readonly diskFreeMb: number;
  /** Files and devices swapped to. */
  readonly swap: readonly string[];
  readonly cgroups: 1 | 2;
  readonly machineId: string;
  readonly addresses: readonly string[];
  readonly nameservers: readonly string[];
  readonly modules: Readonly<Record<string, "there" | "missing" | "unknown">>;
  /** Services that filter traffic and run. */
  readonly firewalls: readonly string[];
  /** Traces of a cluster, by path or service. */
  readonly kubernetes: readonly string[];
  /** Clusters of ours that have marked it as theirs. */
  readonly clusters: readonly string[];
  /** The backup of a restore that was begun there and has not ended. */
  readonly restoring?: string;
  /** Against the clock of the machine that asked. */
  readonly clock: { readonly aheadMs: number; readonly uncertainMs: number; readonly synchronized?: boolean };
  /** Hosts and ports from which no answer came, not even a refusal. */
  readonly filtered: readonly string[];
  /** Sources of images and files that are not reached, with the reason. */
  readonly unreached: Readonly<Record<string, string>>;
}

/** IDs of systems that kubespray supports, by its own list. */
export const SUPPORTED_SYSTEMS: readonly string[] = [
  ...["rhel", "centos", "fedora", "almalinux", "rocky", "ol", "amzn", "ubuntu", "debian", "flatcar"],
  ...["opensuse-leap", "opensuse-tumbleweed", "sles", "clear-linux-os", "kylin", "uos", "openEuler"],
];

/** What a cluster's choices demand of kernels. */
export function needsOf({ variables }: ClusterSpec): {
  readonly modules: readonly string[];
  readonly kernels: readonly { readonly of: string; readonly version: string }[];
} {
  const plugin = variables.kube_network_plugin ?? "calico";
  const proxy = variables.kube_proxy_mode ?? "ipvs";
  const vxlan =
    plugin === "flannel" || plugin === "cilium" || (plugin === "calico" && (variables.calico_vxlan_mode ?? "Always") !== "Never");
  return {
    modules: [
      "overlay",
      "br_netfilter",
      ...(vxlan ? ["vxlan"] : []),
      ...(plugin === "calico" && (variables.calico_ipip_mode ?? "Never") !== "Never" ? ["ipip"] : []),
      ...(proxy === "ipvs" ? ["ip_vs"] : []),
      ...(proxy === "nftables" ? ["nf_tables"] : []),
    ],
    kernels: [
      ...(plugin === "cilium" ? [{ of: "cilium", version: "5.10" }] : []),
      ...(proxy === "nftables" ? [{ of: "kube-proxy's mode nftables", version: "5.13" }] : []),
    ],
  };
}

/** The ports that a node's host must reach on others' hosts, where either of the two joins: `address:port`. */
export function portsFrom(name: string, spec: ClusterSpec, joining: readonly string[]): readonly string[] {
  const has = (node: string, role: "control-plane" | "etcd" | "worker") => spec.nodes[node]?.roles.includes(role) === true;
  const isKubernetes = (node: string) => has(node, "control-plane") || has(node, "worker");
  const others = Object.keys(spec.nodes).filter((other) => other !== name && (joining.includes(name) || joining.includes(other)));
  const ports = (other: string): number[] => [
    ...(isKubernetes(name) && has(other, "control-plane") ? [6443] : []),
    ...(has(name, "control-plane") && isKubernetes(other) ? [10250] : []),
    ...(has(name, "control-plane") && has(other, "etcd") ? [2379] : []),
    ...(has(name, "etcd") && has(other, "etcd") ? [2380] : []),
  ];
  return others.flatMap((other) => ports(other).map((port) => `${spec.nodes[other]?.address}:${port}`));
}

/** Reads what the hosts' script printed, one fact a line. */
export function parseHostFacts(output: string, clock: HostFacts["clock"]): HostFacts {
  const lines = output
    .split("\n")
    .map((line) => /^(\S+) (.*)$/.exec(line.trim()))
    .filter((match) => match !== null);
  const all = (key: string) => lines.filter(([, name]) => name === key).map(([, , value = ""]) => value);
  const one = (key: string) => all(key)[0] ?? "";
  const pairs = (key: string) => all(key).map((value) => [value.split(" ")[0] ?? "", value.split(" ").slice(1).join(" ")] as const);
  const synchronized = one("synchronized");
  return {
    hostname: one("hostname"),
    system: { id: one("system"), version: one("system-version") },
    kernel: one("kernel"),
    ...(one("python") === "" ? {} : { python: one("python") }),
    systemd: one("systemd") === "yes",
    memoryMb: Math.round(Number(one("memory-kb")) / 1_024),
    processors: Number(one("processors")),
    diskFreeMb: Math.round(Number(one("disk-free-kb")) / 1_024),
    swap: all("swap"),
    cgroups: one("cgroups") === "cgroup2fs" ? 2 : 1,
    machineId: one("machine-id"),
    addresses: all("address"),
    nameservers: all("nameserver"),
    modules: Object.fromEntries(pairs("module")) as HostFacts["modules"],
    firewalls: all("firewall"),
    kubernetes: all("kubernetes"),
    clusters: all("cluster"),
    ...(one("restoring") === "" ? {} : { restoring: one("restoring") }),
    clock: { ...clock, ...(synchronized === "" ? {} : { synchronized: synchronized === "yes" }) },
    filtered: all("filtered"),
    unreached: Object.fromEntries(pairs("unreached")),
  };
}
