/** What one playbook is: whose it is, and the extra variables that a step may give it. */
interface PlaybookFacts {
  /** kubespray's own, or one of `ansible/playbooks/` of this package. */
  readonly of: "kubespray" | "ours";
  /** Extra variables by name, each with what it means. No other one is ever given. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Given where the inventory of the run has an even number of etcd members for a while, which kubespray's own checks refuse at rest. */
const EVEN = { ignore_assert_errors: "true: the inventory has an even number of etcd members until the next step" };

/**
 * Every playbook a step can run. The hosts are those of `--limit`, or all. Ours are idempotent: run again on what is done already they change
 * nothing. Settings that are the cluster's and not the step's come as inventory variables named `kpaas_…`.
 */
const table = {
  facts: { of: "kubespray", variables: { ...EVEN } },
  cluster: {
    of: "kubespray",
    variables: {
      upgrade_cluster_setup: "true: the control plane's manifests are written anew by kubeadm",
      etcd_retries: "how often a joining etcd member is waited for",
      ...EVEN,
    },
  },
  scale: { of: "kubespray", variables: { ...EVEN } },
  "remove-node": {
    of: "kubespray",
    variables: {
      node: "names of the nodes that go, separated by commas; an etcd member goes alone",
      skip_confirmation: "true",
      flush_iptables: "false: the host's firewall rules stay, whoever made them",
      reset_nodes: "false: nothing answers there any more",
      allow_ungraceful_removal: "true: it is not waited for its pods and volumes",
      ...EVEN,
    },
  },
  "upgrade-cluster": {
    of: "kubespray",
    variables: { serial: "how many workers, or what part of them, are drained at once", ...EVEN },
  },
  "recover-control-plane": {
    of: "kubespray",
    variables: { etcd_retries: "how often a joining etcd member is waited for", ...EVEN },
  },
  reset: {
    of: "kubespray",
    variables: {
      reset_confirmation: "true",
      skip_confirmation: "true",
      flush_iptables: "false: the hosts' firewall rules stay, whoever made them",
      ...EVEN,
    },
  },

  /** Takes labels and taints off nodes, which kubespray only ever adds. */
  "node-metadata": {
    of: "ours",
    variables: {
      remove_labels: "keys of labels, separated by commas",
      remove_taints: "key:Effect of taints, separated by commas",
    },
  },
  /** Renews what kubeadm signed, one control plane after another. */
  "renew-certificates": { of: "ours", variables: { renew_within_days: "only where something ends within so many days" } },
  /** Makes hosts ready that join: NFS client, sysctls, time, swap, mounts of volumes. */
  "prepare-nodes": { of: "ours", variables: {} },
  /** The NFS server and its share. */
  "nfs-server": { of: "ours", variables: {} },
  /** keepalived and HAProxy before the API servers. */
  "load-balancers": { of: "ours", variables: {} },
  /** Our table of nftables, swapped in one go and confirmed by a new connection. */
  firewall: { of: "ours", variables: { also_nodes: "addresses let in as nodes are, separated by commas: of nodes that are yet to leave" } },
  /** The timer of etcd's snapshots. */
  "etcd-backup": {
    of: "ours",
    variables: { backup_now: "true: one is made at once too", kpaas_backup: "false: the hosts of the limit make none any more" },
  },
  /** Makes etcd and the control plane anew from a snapshot, on all control planes of the inventory. */
  "etcd-restore": {
    of: "ours",
    variables: {
      phase:
        "keys: authority, service-account keys and encryption configuration on the first control plane, before cluster.yml; data (the default): the snapshot on all members, after it; end: nothing of the restore is left to do",
      snapshot: "name of the snapshot at the place of the backups, its path on the operator's machine, or `latest` for the newest",
    },
  },
  /** The settings of hardening that kubespray has no variable for. */
  hardening: { of: "ours", variables: {} },
  /** Takes away what our other playbooks have set up on the hosts of the limit; never data. */
  "reset-ours": { of: "ours", variables: {} },
  /** Reboots the hosts of the limit: drained, waited for until Ready, uncordoned. */
  reboot: {
    of: "ours",
    variables: {
      since: "ISO 8601: a host that has booted since then is left alone; absent: every one reboots",
      drain: "false: without draining",
    },
  },
  /** Brings the packages of the hosts of the limit up to date, drained where that needs a reboot. */
  patch: {
    of: "ours",
    variables: {
      since: "ISO 8601: a host that was patched since then is left alone; absent: every one is patched",
      drain: "false: without draining",
    },
  },
  /**
   * Writes what follows from the members of etcd and control plane, on each control plane in turn: `--etcd-servers` of every API server,
   * kubeadm's configuration, and the address in `kube-public/cluster-info` where that is of a control plane which is gone.
   */
  "etcd-members": { of: "ours", variables: { remove_member: "name of the etcd member that is taken out of etcd first" } },
  /**
   * Before lost members of etcd are recovered from: each API server of the limit reaches etcd by its own host's certificate. kubeadm has those
   * that joined use the one of whoever was first then, which kubespray deletes with a lost host.
   */
  "etcd-clients": { of: "ours", variables: {} },
  /** Before a joining of etcd members that broke off is repeated: those that were announced begin, and etcd has its quorum. */
  "etcd-announced": { of: "ours", variables: {} },
  /**
   * Moves the API's endpoint from an old one to the inventory's, in four runs. `names`: the API servers' certificates name both; `serve`: both
   * serve; `switch`: kubelets, the control plane's own kubeconfigs, kube-proxy and `cluster-info` go over; `retire`: the old one goes.
   */
  "move-endpoint": {
    of: "ours",
    variables: { phase: "names, serve, switch or retire", from_host: "host of the old endpoint", from_port: "its port" },
  },
  /**
   * Gives the host of the limit another container runtime: drained where it is a node, the old one stopped, the new one installed, the node
   * registered with it.
   */
  "switch-runtime": { of: "ours", variables: { from: "crio or containerd", to: "crio or containerd", ...EVEN } },
} as const satisfies Readonly<Record<string, PlaybookFacts>>;

/** A playbook that a step can run: kubespray's entry points, and our own. */
export type Playbook = keyof typeof table;

/** Facts of every playbook, by name. */
export const playbooks: Readonly<Record<Playbook, PlaybookFacts>> = table;

/** Names of every playbook. */
export const playbookNames = Object.keys(table) as readonly Playbook[];
