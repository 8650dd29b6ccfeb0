/* What the fields of `cluster` mean, and what a field's description is made of: a part of field-docs.ts. */

/** One field, or a kind of fields. */
export interface FieldDoc {
  /** Dotted; `KEY` for a name of the file's own, `N` for a place in a list. One that begins with `…` counts wherever a path ends so. */
  readonly path: string;
  /** What it means, without a full stop. */
  readonly means: string;
  /** What is taken where the file is silent, in words; left out where nothing is. */
  readonly byDefault?: string;
  /** `true`: no value is supported yet. Values: those are not. */
  readonly later?: true | readonly string[];
  /** A narrower type than the schema's, where TypeScript has one; `#` stands for any number in it. */
  readonly type?: string;
}

export const ADDRESS = "`#.#.#.#`";
export const CIDR = "`#.#.#.#/#`";
export const VERSION = "`#.#.#`";

export const nameOrId = "by name or id";

export const clusterDocs: readonly FieldDoc[] = [
  { path: "cluster", means: "the Kubernetes cluster on the machines" },
  { path: "cluster.engine", means: "what makes the cluster", byDefault: "`kubespray`", later: ["eks", "gke", "aks", "imported"] },
  {
    path: "cluster.kubernetes",
    means:
      "any version that a catalogued kubespray release installs, in quotes: `\"1.35.4\"`. It comes by the release's own kubespray where that installs it, else by the newest that does; the lock file keeps both, `check` and `plan` say what that leaves of the release's own choice",
    byDefault: "the release's",
    type: VERSION,
  },
  { path: "cluster.controlPlane", means: "the control planes", byDefault: "as the profile" },
  {
    path: "cluster.controlPlane.nodes",
    means: "an odd number, or a map of keys; any number with external etcd",
    byDefault: "as the profile",
  },
  { path: "cluster.controlPlane.size", means: `their flavor, ${nameOrId}`, byDefault: "`m1.large`" },
  { path: "cluster.etcd", means: "where etcd runs", byDefault: "on the control planes" },
  {
    path: "cluster.etcd.placement",
    means: "`stacked`: on the control planes; `external`: on machines of its own, `etcd-1…`, that are no Kubernetes nodes",
    byDefault: "`stacked`",
  },
  { path: "cluster.etcd.nodes", means: "with `external`: an odd number, or a map of keys", byDefault: "`3`" },
  { path: "cluster.etcd.size", means: `with \`external\`: their flavor, ${nameOrId}`, byDefault: "the control planes'" },
  { path: "cluster.pools", means: "pools of workers, by name", byDefault: "one pool, `worker`" },
  { path: "cluster.pools.KEY.nodes", means: "a number, or a map of keys", byDefault: "as many as the profile gives" },
  { path: "cluster.pools.KEY.size", means: `their flavor, ${nameOrId}`, byDefault: "`m1.xlarge`" },
  { path: "cluster.pools.KEY.labels", means: "labels of their Kubernetes nodes" },
  { path: "cluster.pools.KEY.taints", means: "taints of their Kubernetes nodes, `KEY=VALUE:EFFECT`" },
  { path: "cluster.pools.KEY.volumes", means: "data volumes of each machine; they outlive its rebuilds" },
  { path: "cluster.pools.KEY.volumes.N.name", means: "unique within the machine" },
  { path: "cluster.pools.KEY.volumes.N.sizeGiB", means: "its size in GiB" },
  { path: "cluster.pools.KEY.volumes.N.type", means: `the cloud's volume type, ${nameOrId}`, byDefault: "the cloud's" },
  {
    path: "cluster.pools.KEY.volumes.N.mount",
    means:
      "the folder it is mounted at, with a file system made on it where it is empty; a volume that holds anything else is never touched",
    byDefault: "not mounted: it stays raw",
  },
  { path: "cluster.pools.KEY.volumes.N.fileSystem", means: "with `mount`: `ext4` or `xfs`", byDefault: "`ext4`" },
  { path: "cluster.pools.KEY.spread", means: "not two of them on one host, where the cloud can", byDefault: "`true`" },
  { path: "…nodes.KEY", means: "one machine: its key is its identity" },
  { path: "…nodes.KEY.zone", means: "its zone, one of `infrastructure.zones`", byDefault: "the one with the fewest, then as locked" },
  { path: "…nodes.KEY.address", means: "its address in the network", byDefault: "the first free one, then as locked", type: ADDRESS },
  { path: "…nodes.KEY.size", means: `its flavor, ${nameOrId}`, byDefault: "its group's" },
  { path: "…nodes.KEY.generation", means: "raised by one to have the machine built anew beside the old one", byDefault: "`1`" },
  { path: "…generation", means: "raised to have every machine whose own is lower built anew beside the old one", byDefault: "`1`" },
  {
    path: "…maintenance",
    means: "what is done once on each of its machines, one drained after another: a date or a moment, such as `2026-03-01T02:00:00+09:00`",
  },
  {
    path: "…maintenance.patch",
    means: "their packages are brought up to date, with a reboot where they need one, unless that was done since",
  },
  { path: "…maintenance.reboot", means: "they are rebooted, unless they have been since" },
  { path: "cluster.network", means: "the networks of pods and Services" },
  { path: "cluster.network.plugin", means: "who connects the pods", byDefault: "`calico`" },
  { path: "cluster.network.encapsulation", means: "how pod traffic travels between nodes", byDefault: "`vxlan`" },
  { path: "cluster.network.podCidr", means: "addresses of pods", byDefault: "`10.233.64.0/18`", type: CIDR },
  { path: "cluster.network.serviceCidr", means: "addresses of Services", byDefault: "`10.233.0.0/18`", type: CIDR },
  { path: "cluster.network.nodePrefix", means: "the prefix length of one node's share of `podCidr`", byDefault: "`24`" },
  {
    path: "cluster.network.proxyMode",
    means: "how kube-proxy leads to Services",
    byDefault: "as the release for a new cluster: `ipvs`, of a maintained line `nftables`; then as locked",
  },
  { path: "cluster.runtime", means: "what runs the containers", byDefault: "`crio`" },
  { path: "cluster.apiEndpoint", means: "where nodes and clients reach the API" },
  {
    path: "cluster.apiEndpoint.kind",
    means:
      "`loadBalancer`: one of the cloud's; `virtualIp`: an address that one of the control planes holds ([who](#a-virtual-address)); `node`: the first control plane itself, behind a local proxy on each worker",
    byDefault: "`loadBalancer` with several control planes, else `node`",
  },
  {
    path: "cluster.apiEndpoint.by",
    means: "with `virtualIp`: who holds the address, `kubeVip` or `keepalived`, which has HAProxy behind it",
    byDefault: "`kubeVip`",
  },
  { path: "cluster.apiEndpoint.domain", means: "a DNS name that its certificate holds too, and that kubeconfigs lead to" },
  { path: "cluster.apiEndpoint.address", means: "its address in the network", byDefault: "planned, then as locked", type: ADDRESS },
  { path: "cluster.hardening", means: "what makes the cluster safer than Kubernetes' own defaults" },
  { path: "cluster.hardening.auditLog", means: "whether the API server writes an audit log", byDefault: "`true`" },
  { path: "cluster.hardening.encryptSecrets", means: "whether Secrets are encrypted in etcd", byDefault: "`true`" },
  {
    path: "cluster.hardening.tlsCipherSuites",
    means: "what the control plane's servers offer, by Go's names",
    byDefault: "K-PaaS's choice",
  },
  { path: "cluster.hardening.podSecurity", means: "the Pod Security Standard that namespaces are held to which do not say" },
  { path: "cluster.certificates", means: "the cluster's own certificates" },
  {
    path: "cluster.certificates.autoRenew",
    means: "whether the hosts renew them by themselves; in either case a preview shows the renewal of what ends within 30 days",
    byDefault: "`true`",
  },
  { path: "cluster.kubespray", means: "where kubespray comes from" },
  {
    path: "cluster.kubespray.source",
    means: "a folder or tarball of the tag that the lock names; a relative path goes by the folder of the file it stands in",
    byDefault: "its git repository, pinned by tag and commit",
  },
  { path: "cluster.backups", means: "[backups](#backups)", byDefault: "none" },
  {
    path: "cluster.backups.etcd",
    means: "snapshots of etcd with what opens them: the cluster's authority, the keys of its accounts, the keys of its Secrets",
  },
  {
    path: "cluster.backups.etcd.schedule",
    means: "when one is made, as in a crontab, by the hosts' clock",
    byDefault: "every six hours",
  },
  { path: "cluster.backups.etcd.keep", means: "how many are kept", byDefault: "`28`" },
  {
    path: "cluster.backups.etcd.encryptTo",
    means: "the certificate, PEM, that they are encrypted to: the private key that opens them is kept off the cluster",
  },
  {
    path: "cluster.backups.etcd.to",
    means: "`local`: in `/var/backups/kpaas-etcd` on the control planes; or an S3 bucket, or an NFS share",
    byDefault: "`local`, with a warning",
  },
  { path: "cluster.backups.etcd.to.s3", means: "a bucket, by the S3 protocol" },
  { path: "cluster.backups.etcd.to.s3.bucket", means: "its name" },
  { path: "cluster.backups.etcd.to.s3.prefix", means: "what its objects' names begin with", byDefault: "the environment's name" },
  { path: "cluster.backups.etcd.to.s3.endpoint", means: "the server, `https://HOST:PORT`", byDefault: "Amazon's of the region" },
  { path: "cluster.backups.etcd.to.s3.region", means: "its region", byDefault: "`us-east-1`" },
  { path: "cluster.backups.etcd.to.s3.accessKey", means: "the key's name", type: "SecretReference" },
  { path: "cluster.backups.etcd.to.s3.secretKey", means: "the key", type: "SecretReference" },
  { path: "cluster.backups.etcd.to.nfs", means: "a share of a server that is there" },
  { path: "cluster.backups.etcd.to.nfs.server", means: "the server, by address or name" },
  { path: "cluster.backups.etcd.to.nfs.path", means: "the share's folder" },
  {
    path: "cluster.registries",
    means: "how nodes log in at [registries that do not give images to everybody](#registries-that-ask-for-a-log-in), by host",
    byDefault: "they log in nowhere",
  },
  { path: "cluster.registries.KEY.username", means: "the account's name: one that may pull, and nothing else" },
  { path: "cluster.registries.KEY.password", means: "its password", type: "SecretReference" },
  { path: "cluster.airGap", means: "[mirrors of images and files](#without-the-internet), where the machines reach no internet" },
  { path: "cluster.airGap.registry", means: "the registry's host, `registry.intra:5000`; it is spoken to by TLS" },
  { path: "cluster.airGap.files", means: "the web server's URL, `https://files.intra`" },
  {
    path: "cluster.airGap.charts",
    means: "the registry's path below which the charts are, `charts`, where the machine that runs `kpaas` reaches no internet either",
    byDefault: "charts come from where their makers publish them",
  },
  {
    path: "cluster.onDelete",
    means: "what a destroy does to the hosts: `forget` leaves them as they are, `reset` runs kubespray's reset first",
    byDefault: "`forget`",
  },
  {
    path: "cluster.variables",
    means: "[passed to kubespray](#variables-passed-to-kubespray); one that has a field above is refused",
  },
];
