import { componentsOf, kubesprayRelease } from "../../model/cluster/releases";
import { describeStep } from "../../model/cluster/steps/describe";
import { taintIdentity } from "../../model/cluster/steps/metadata";
import type { ClusterNode, ClusterSpec, ClusterStep } from "../../model/cluster/types";
import { sameValue } from "../../model/cluster/variables";
import { fields } from "../../model/data";
import { type Properties, secret, UNKNOWN } from "../rpc/provider";
import type { LiveCluster } from "./cluster-view";
import { type ClusterInputs, type NodeMachine, recordedNames } from "./inputs";
import { hasUnknown, reveal } from "./values";

/** A step as the output `steps` shows it. */
export function stepOutput(step: ClusterStep): Properties {
  const { id, playbook, limit, tags, nodes, reason } = step;
  return { id, playbook, limit, tags, nodes, reason, command: describeStep(step) };
}

/** Those of the inputs that are recorded among the outputs, in the envelopes they came in. */
export function recordedInputs(news: Properties): Record<string, unknown> {
  return Object.fromEntries(recordedNames.filter((name) => news[name] !== undefined).map((name) => [name, news[name]]));
}

/** Where nodes and administrators reach the API. */
export function endpointOf(spec: ClusterSpec): string {
  const { host, port } = spec.apiEndpoint;
  return hasUnknown(spec.apiEndpoint) ? UNKNOWN : `https://${host}:${port}`;
}

/** The versions of the software that makes the cluster. */
export function versionsOf(spec: ClusterSpec, kubernetes: string = spec.kubernetes): Properties {
  const release = kubesprayRelease(spec.kubespray);
  const components = release && componentsOf(release, kubernetes);
  const chosen = (name: string) => String(spec.variables[name] ?? release?.defaults[name] ?? "");
  const manager = chosen("container_manager");
  const plugin = chosen("kube_network_plugin");
  const versions = new Map<string, string | undefined>(Object.entries(components ?? {}));
  const override = (name: string, variable: string) => {
    const value = spec.variables[variable];
    return typeof value === "string" && value !== UNKNOWN ? value.replace(/^v/, "") : versions.get(name);
  };
  const entries: [string, string | undefined][] = [
    ["kubernetes", kubernetes],
    ["kubespray", spec.kubespray.replace(/^v/, "")],
    ["etcd", override("etcd", "etcd_version")],
    ["runtime", `${manager} ${override(manager, `${manager}_version`) ?? ""}`.trim()],
    [plugin, override(plugin, `${plugin}_version`)],
    ["coredns", override("coredns", "coredns_version")],
  ];
  return Object.fromEntries(entries.filter(([, version]) => version !== undefined));
}

/** The oldest Kubernetes version of any part of a cluster: what all of it has reached. */
export function oldestVersion({ kubernetes, nodes }: LiveCluster): string {
  const all = [kubernetes, ...Object.values(nodes).map(({ kubelet }) => kubelet)].filter((version) => version !== "");
  return all.sort((one, other) => one.localeCompare(other, "en", { numeric: true }))[0] ?? kubernetes;
}

/** The nodes as they are, by name. */
export function nodeTableOf(live: LiveCluster): Properties {
  return Object.fromEntries(
    Object.entries(live.nodes).map(([name, node]) => [
      name,
      {
        roles: node.roles,
        address: node.address,
        kubelet: node.kubelet,
        ready: node.ready,
        ...(node.etcdMember === undefined ? {} : { etcdMember: node.etcdMember }),
      },
    ]),
  );
}

/**
 * The part of a change that was reached: the cluster as the last step that ended records it, and of its nodes those that are there, each with its
 * own machine and labels. What is recorded from this, the next update compares with the wanted cluster, and goes on.
 */
export function reachedInputs(
  recorded: Pick<ClusterInputs, "spec" | "machines"> | undefined,
  wanted: Pick<ClusterInputs, "spec" | "machines">,
  done: readonly ClusterStep[],
  live: LiveCluster | undefined,
): Record<string, unknown> {
  const base = done.at(-1)?.reaches ?? recorded?.spec;
  const joined = new Set(done.filter((step) => JOINING.has(step.playbook) && step.tags.length === 0).flatMap((step) => step.nodes));
  const nodes: Record<string, unknown> = {};
  const put = (name: string, node: ClusterNode): void => {
    const before = recorded?.machines[name];
    const machine = joined.has(name) || !before ? wanted.machines[name] : sameMachine(before, wanted.machines[name]);
    nodes[name] = { ...node, ...(machine ?? before) };
  };
  for (const [name, liveOne] of Object.entries(live?.nodes ?? {})) {
    const known = base?.nodes[name] ?? wanted.spec.nodes[name];
    if (known)
      put(name, withLiveMetadata({ ...known, ...metadataOf(wanted.spec.nodes[name] ?? known) }, recorded?.spec.nodes[name], liveOne));
  }
  // An etcd member of its own is no node that the cluster shows.
  for (const [name, node] of Object.entries(live && base ? base.nodes : {})) {
    if (nodes[name] === undefined && node.roles.every((role) => role === "etcd")) put(name, node);
  }
  const there = (list: "controlPlane" | "etcd"): string[] => {
    const known = base?.[list] ?? [];
    // Those that a broken step has joined come behind.
    const late = wanted.spec[list].filter((name) => !known.includes(name) && !base?.nodes[name]);
    return [...known, ...late].filter((name) => nodes[name] !== undefined);
  };
  return { nodes, controlPlane: there("controlPlane"), etcd: there("etcd") };
}

/** Playbooks by which nodes join. */
const JOINING: ReadonlySet<string> = new Set(["scale", "cluster"]);

const metadataOf = ({ labels, taints }: ClusterNode): Pick<ClusterNode, "labels" | "taints"> => ({ labels, taints });

/** Versions, endpoint and variables as far as they were reached, in the envelopes they came in. */
export function reachedSettings(
  recorded: Pick<ClusterInputs, "spec"> | undefined,
  done: readonly ClusterStep[],
  news: Properties,
  olds: Properties,
): Record<string, unknown> {
  const base = done.at(-1)?.reaches ?? recorded?.spec;
  if (!base) return {};
  const { kubespray, kubernetes, apiEndpoint, movesTo, due } = base;
  const hosts = sameValue(base.hosts, recorded?.spec.hosts) ? olds.hosts : news.hosts;
  const given = [news.variables, olds.variables];
  const all = given.find((variables) => sameValue(reveal(variables), base.variables));
  const one = (name: string, value: unknown): unknown => {
    const found = given.map((variables) => fields(variables)[name]).find((each) => each !== undefined && sameValue(reveal(each), value));
    // Under another name, or from among variables that are one secret: nobody knows any more whether it was one.
    return found ?? secret(value);
  };
  const variables = all ?? Object.fromEntries(Object.entries(base.variables).map(([name, value]) => [name, one(name, value)]));
  return {
    kubespray,
    kubernetes,
    apiEndpoint,
    variables,
    hosts,
    ...(movesTo === undefined ? {} : { movesTo }),
    ...(due === undefined ? {} : { due }),
  };
}

/** The way to a machine may change at any time; the machine itself only counts once the node has joined from it. */
function sameMachine(before: NodeMachine, wanted: NodeMachine | undefined): NodeMachine {
  return wanted?.machineId === before.machineId ? wanted : before;
}

/** Only labels and taints that either inventory names are ours; the rest belong to Kubernetes and to others. */
function withLiveMetadata(known: ClusterNode, recorded: ClusterNode | undefined, live: LiveCluster["nodes"][string]): ClusterNode {
  const keys = new Set([...Object.keys(known.labels), ...Object.keys(recorded?.labels ?? {})]);
  const ours = new Set([...known.taints, ...(recorded?.taints ?? [])].map(taintIdentity));
  return {
    ...known,
    labels: Object.fromEntries(Object.entries(live.labels).filter(([key]) => keys.has(key))),
    taints: live.taints.filter((taint) => ours.has(taintIdentity(taint))),
  };
}
