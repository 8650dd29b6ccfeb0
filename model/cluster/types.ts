import type { Playbook } from "./playbooks";

/** A node of the cluster as kubespray sees it. */
export interface ClusterNode {
  /** The machine's key: the identity that outlives its rebuilds. */
  readonly key: string;
  readonly generation: number;
  readonly roles: readonly ("control-plane" | "etcd" | "worker")[];
  /** The private IPv4 address the node has and its peers dial (`ip` and `access_ip`). */
  readonly address: string;
  readonly zone?: string;
  /** `etcd_member_name`; set on etcd members only. */
  readonly etcdMember?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `key=value:Effect`. */
  readonly taints: readonly string[];
  /** What its kubelet registers its machine as: `{id}` stands for the cloud's id of the machine. @default nothing */
  readonly providerId?: string;
  /** Data volumes that are mounted. */
  readonly volumes?: readonly NodeVolume[];
  /** The rule set of its host: a name in the variable `kpaas_firewalls`. */
  readonly firewall?: string;
  /** The container runtime it has, where that is another than the cluster's: recorded of a switch that broke off, never wanted. */
  readonly runtime?: string;
  /** What it still has, where that lags behind the cluster's: recorded of an upgrade that broke off, never wanted. */
  readonly installed?: { readonly kubespray: string; readonly kubernetes: string };
  /** ISO 8601: the host is rebooted, drained, unless it has booted since. */
  readonly reboot?: string;
  /** ISO 8601: its packages are brought up to date, and it is rebooted where they need it, unless that was done since. */
  readonly patch?: string;
}

/** What follows a change of nodes by a run of its own. `proxies`: the local ones by which workers reach the API. */
export const DUES = ["etcd-members", "proxies", "load-balancers", "firewall", "etcd-backup"] as const;
export type Due = (typeof DUES)[number];

/** A data volume that is mounted on its node. */
export interface NodeVolume {
  readonly name: string;
  /** A path that stays. */
  readonly device: string;
  readonly mount?: string;
  readonly fileSystem?: "ext4" | "xfs";
}

/**
 * A machine that our own playbooks prepare beside the cluster, such as its NFS server. One of a node's name is that node, which has the task
 * besides. kubespray's playbooks know nothing of it.
 */
export interface ClusterHost {
  readonly address: string;
  /** Its groups in the inventory; none for one that has a firewall of ours and nothing else. */
  readonly groups: readonly HostGroup[];
}

/** Groups of hosts beside the cluster. Not called as a host may be: Ansible mixes the two up. */
export const HOST_GROUPS = ["nfs_server", "load_balancers"] as const;
export type HostGroup = (typeof HOST_GROUPS)[number];

/** A kubespray cluster as wanted: the pure part of what `kpaas:kubespray:Cluster` takes. */
export interface ClusterSpec {
  readonly name: string;
  /** A kubespray tag, e.g. `v2.29.0`. */
  readonly kubespray: string;
  /** A Kubernetes version without a leading v, e.g. `1.33.5`. */
  readonly kubernetes: string;
  /** By node name (inventory host and Kubernetes node). */
  readonly nodes: Readonly<Record<string, ClusterNode>>;
  /** Node names; the first one is where kubeadm starts and everything is delegated to. Order is identity. */
  readonly controlPlane: readonly string[];
  /** Node names; the first one makes the certificates. */
  readonly etcd: readonly string[];
  /** kubespray's variables for the group `all`. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly apiEndpoint: {
    readonly host: string;
    readonly port: number;
    /** Not known of clusters that earlier versions recorded: then as kubespray's variables tell (`endpointKind`). */
    readonly kind?: "loadBalancer" | "virtualIp" | "node";
  };
  /** By name, machines with tasks beside the cluster; absent where clouds make them. */
  readonly hosts?: Readonly<Record<string, ClusterHost>>;
  /** Where the endpoint was moving to: recorded of a move that broke off, never wanted. */
  readonly movesTo?: ClusterSpec["apiEndpoint"];
  /** What is still to follow: recorded of a change that broke off, never wanted. */
  readonly due?: readonly Due[];
  /** What deleting the cluster does: nothing (the machines go too), or kubespray's reset. */
  readonly onDelete: "forget" | "reset";
}

/** One playbook run: what `pulumi preview` lists and what a runner executes. */
export interface ClusterStep {
  /** Stable within one change, e.g. `2-scale`. */
  readonly id: string;
  /** The kubespray tag to run it from. */
  readonly kubespray: string;
  readonly playbook: Playbook;
  /** Hosts of `--limit`; empty for no limit. */
  readonly limit: readonly string[];
  /** `--tags`; empty for all. */
  readonly tags: readonly string[];
  readonly extraVars: Readonly<Record<string, string | boolean | number>>;
  /** The nodes whose state the step changes. */
  readonly nodes: readonly string[];
  /** Hosts that are given up: kubespray's groups `broken_kube_control_plane` and `broken_etcd` hold them. */
  readonly broken?: readonly string[];
  readonly reason: string;
  /** What must hold before it may start. */
  readonly precondition: string;
  /** What is probed afterwards, and before a repetition. */
  readonly check: string;
  /** The cluster as the inventory of this very run states it. */
  readonly inventory: ClusterSpec;
  /** The cluster that is recorded once it has ended. */
  readonly reaches: ClusterSpec;
}
