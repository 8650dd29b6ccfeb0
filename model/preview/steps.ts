import type { Playbook } from "../cluster/playbooks";
import { fields, list, text } from "../data";

/** A kubespray run, with what it takes and does. */
export interface StepReport {
  readonly id: string;
  readonly playbook: string;
  /** As a person would type it. */
  readonly command: string;
  /** Hosts of `--limit`; empty: none is given. */
  readonly limit: readonly string[];
  /** The nodes whose state it changes. */
  readonly nodes: readonly string[];
  /** The hosts it works on; empty: all. */
  readonly worksOn: readonly string[];
  readonly hosts: number;
  readonly minutes: Minutes;
  /** What it does to workloads. */
  readonly workloads: string;
  readonly reason: string;
}

/** How long a run is expected to take on real hosts. */
export interface Minutes {
  readonly from: number;
  readonly to: number;
  /** `published`: between the fastest and the slowest run that is told of; `estimate`: from what the playbook does and waits for. */
  readonly basis: "published" | "estimate";
}

/** `15-60`, with a `~` where it is an estimate. */
export function minutesText(minutes: Minutes): string {
  return `${minutes.basis === "estimate" ? "~" : ""}${spanText(minutes)}`;
}

/** `15-60`, or one number. */
export function spanText({ from, to }: Pick<Minutes, "from" | "to">): string {
  return from === to ? `${from}` : `${from}-${to}`;
}

/** Minutes at a number of hosts; in between it is a straight line, and beyond the last one that line goes on. */
type Curve = readonly (readonly [hosts: number, minutes: number])[];

interface Known {
  readonly fast: Curve;
  readonly slow: Curve;
  readonly basis: Minutes["basis"];
  /** What it does to workloads. */
  readonly workloads: string;
}

/** kubespray#478: 10, 50, 150 and 350 hosts after its mending. */
const FAST: Curve = [
  [1, 15],
  [10, 15],
  [50, 35],
  [150, 65],
  [350, 220],
];

/** kubespray#9279: up to an hour for 6 hosts; #478: over six hours for 200 before its mending. */
const SLOW: Curve = [
  [1, 60],
  [6, 60],
  [200, 360],
];

const perHost = (base: number, each: number): Curve => [
  [0, base],
  [1, base + each],
];

const NOTHING = "nothing";

const DRAINED_AND_BACK = "drained: its pods are evicted and start elsewhere, what emptyDir volumes hold is lost; then it takes pods again";

/** What is known of each playbook. What it does is read from kubespray v2.29.0. */
const PLAYBOOKS: Readonly<Record<Playbook, Known>> = {
  facts: { fast: perHost(1, 0.02), slow: perHost(3, 0.1), basis: "estimate", workloads: NOTHING },
  cluster: {
    ...{ fast: FAST, slow: SLOW, basis: "published" },
    workloads:
      "nothing is drained; the control plane restarts where its settings change, kubelet and container runtime likewise: the API can pause",
  },
  // kubespray#7509: adding one to seven takes as long as all of them; #3651: fifty minutes for one.
  scale: { fast: FAST, slow: SLOW, basis: "published", workloads: "nothing that runs is touched; new nodes take pods when they are Ready" },
  // Three drains of 360 s each and three waits of 300 s for volumes at the worst, besides the reset of the host.
  "remove-node": {
    ...{ fast: perHost(2, 3), slow: perHost(5, 33), basis: "estimate" },
    workloads: "drained: its pods are evicted and start elsewhere, what emptyDir volumes hold is lost",
  },
  "upgrade-cluster": {
    ...{ fast: FAST, slow: perHost(30, 20), basis: "estimate" },
    workloads: "every node is drained and comes back, control planes one at a time, workers by a fifth",
  },
  "recover-control-plane": { fast: FAST, slow: SLOW, basis: "estimate", workloads: "what runs goes on; the API is down until it is done" },
  reset: { fast: perHost(3, 0.2), slow: perHost(10, 1), basis: "estimate", workloads: "all of them go, with what they hold on the hosts" },
  "node-metadata": { fast: perHost(1, 0.05), slow: perHost(3, 0.2), basis: "estimate", workloads: NOTHING },
  "renew-certificates": {
    ...{ fast: perHost(1, 2), slow: perHost(3, 5), basis: "estimate" },
    workloads: "pods go on; the control plane restarts, one host after another",
  },
  "prepare-nodes": { fast: perHost(1, 0.3), slow: perHost(5, 2), basis: "estimate", workloads: NOTHING },
  "nfs-server": { fast: perHost(1, 1), slow: perHost(2, 5), basis: "estimate", workloads: NOTHING },
  "load-balancers": {
    ...{ fast: perHost(1, 0.5), slow: perHost(2, 3), basis: "estimate" },
    workloads: "pods go on; connections to the API that its balancers hold are cut",
  },
  firewall: {
    fast: perHost(1, 0.1),
    slow: perHost(3, 0.5),
    basis: "estimate",
    workloads: "nothing that the flows of the plan let through",
  },
  "etcd-backup": { fast: perHost(1, 0.3), slow: perHost(3, 2), basis: "estimate", workloads: NOTHING },
  "etcd-restore": {
    ...{ fast: perHost(5, 2), slow: perHost(20, 10), basis: "estimate" },
    workloads: "what runs goes on; the API is down until it is done, and forgets what came after the snapshot",
  },
  hardening: { fast: perHost(1, 0.2), slow: perHost(3, 1), basis: "estimate", workloads: NOTHING },
  "reset-ours": { fast: perHost(1, 0.1), slow: perHost(3, 0.5), basis: "estimate", workloads: NOTHING },
  reboot: { fast: perHost(0, 4), slow: perHost(0, 25), basis: "estimate", workloads: DRAINED_AND_BACK },
  patch: { fast: perHost(0, 5), slow: perHost(0, 35), basis: "estimate", workloads: DRAINED_AND_BACK },
  "etcd-members": {
    ...{ fast: perHost(1, 1), slow: perHost(3, 4), basis: "estimate" },
    workloads: "pods go on; the API servers restart, one after another",
  },
  "etcd-clients": {
    ...{ fast: perHost(1, 0.5), slow: perHost(3, 3), basis: "estimate" },
    workloads: "pods go on; API servers that use another host's certificate restart, one after another",
  },
  "etcd-announced": { fast: perHost(1, 0.1), slow: perHost(3, 0.5), basis: "estimate", workloads: NOTHING },
  "move-endpoint": {
    ...{ fast: perHost(1, 0.3), slow: perHost(4, 2), basis: "estimate" },
    workloads: "pods go on; API servers and kubelets restart, one host after another, and one of both endpoints always serves",
  },
  "switch-runtime": { fast: perHost(0, 6), slow: perHost(0, 35), basis: "estimate", workloads: DRAINED_AND_BACK },
};

/** What every run of cluster.yml begins with, facts and settings of all hosts, and little else. */
const QUICK: Pick<Known, "fast" | "slow" | "basis"> = { fast: perHost(1, 0.05), slow: perHost(5, 0.5), basis: "estimate" };
/** With the roles of some tags. */
const TAGGED: typeof QUICK = { fast: perHost(2, 0.1), slow: perHost(15, 1), basis: "estimate" };

/** By what a run is told from others of its playbook. */
const VARIANTS: readonly { readonly applies: (command: string, reason: string) => boolean; readonly known: Partial<Known> }[] = [
  {
    applies: (command) => /^cluster\.yml .*--tags node-label,node-taint/.test(command),
    known: { ...PLAYBOOKS["node-metadata"], workloads: "nothing, but that a new NoExecute taint evicts what does not tolerate it" },
  },
  {
    applies: (command) => /^cluster\.yml --tags (nginx|haproxy)( |$)/.test(command),
    known: { ...QUICK, workloads: "nothing: each worker's own proxy to the API starts anew" },
  },
  { applies: (command) => /^cluster\.yml .*--tags/.test(command), known: TAGGED },
  {
    applies: (command) => command.startsWith("remove-node.yml") && command.includes("allow_ungraceful_removal=true"),
    known: { ...PLAYBOOKS["node-metadata"], workloads: "not drained, since it does not answer: its pods start elsewhere" },
  },
  { applies: (command) => command.startsWith("reset.yml --limit"), known: { workloads: "none: it was a member of etcd and no node" } },
  { applies: (_, reason) => reason.startsWith("create the cluster"), known: { workloads: "none are there yet" } },
];

/** A step as an operation tells it, with what it takes and does on a cluster of so many hosts. */
export function stepReport(step: unknown, hosts: number): StepReport {
  const told = fields(step);
  const limit = list(told.limit).map(String);
  const nodes = list(told.nodes).map(String);
  const playbook = text(told.playbook) ?? "";
  const command = text(told.command) ?? `${playbook}.yml`;
  const reason = text(told.reason) ?? "";
  const one = playbook === "remove-node" || playbook === "renew-certificates" || playbook === "node-metadata";
  const worksOn = limit.length > 0 ? limit : one ? nodes : [];
  const count = worksOn.length > 0 ? worksOn.length : hosts;
  const known = {
    ...(isPlaybook(playbook) ? PLAYBOOKS[playbook] : UNHEARD),
    ...VARIANTS.find(({ applies }) => applies(command, reason))?.known,
  };
  return {
    ...{ id: text(told.id) ?? "", playbook, command, limit, nodes, worksOn, hosts: count },
    minutes: { from: Math.round(along(known.fast, count)), to: Math.round(along(known.slow, count)), basis: known.basis },
    workloads: known.workloads,
    reason,
  };
}

const UNHEARD: Known = { fast: FAST, slow: SLOW, basis: "estimate", workloads: "not known" };

function isPlaybook(name: string): name is Playbook {
  return name in PLAYBOOKS;
}

function along(curve: Curve, hosts: number): number {
  const beyond = curve.findIndex(([at]) => at >= hosts);
  const end = beyond === -1 ? curve.length - 1 : Math.max(beyond, 1);
  const [from = [0, 0], to = from] = [curve[end - 1], curve[end]];
  const [[x, y], [x2, y2]] = [from, to];
  return x2 === x ? y2 : y + ((y2 - y) * (hosts - x)) / (x2 - x);
}
