import { componentsOf, kubesprayRelease } from "../../model/cluster/releases";
import { describeStep, taintIdentity } from "../../model/cluster/steps";
import type { ClusterNode, ClusterSpec, ClusterStep } from "../../model/cluster/types";
import { type Properties, UNKNOWN } from "../rpc/provider";
import type { LiveCluster } from "./cluster-view";
import { type ClusterInputs, type NodeMachine, recordedNames } from "./inputs";
import { hasUnknown } from "./values";

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
 * The part of a change that was reached: the nodes that are there, each with its own machine and labels. What is recorded from this,
 * the next update compares with the wanted cluster, and goes on.
 */
export function reachedInputs(
  recorded: Pick<ClusterInputs, "spec" | "machines"> | undefined,
  wanted: Pick<ClusterInputs, "spec" | "machines">,
  done: readonly ClusterStep[],
  live: LiveCluster | undefined,
): Record<string, unknown> {
  const joined = new Set(done.filter((step) => step.playbook === "scale" || step.playbook === "cluster").flatMap((step) => step.nodes));
  const nodes: Record<string, unknown> = {};
  for (const [name, liveOne] of Object.entries(live?.nodes ?? {})) {
    const known = wanted.spec.nodes[name] ?? recorded?.spec.nodes[name];
    if (!known) continue;
    const before = recorded?.machines[name];
    const machine = joined.has(name) || !before ? wanted.machines[name] : sameMachine(before, wanted.machines[name]);
    nodes[name] = { ...withLiveMetadata(known, recorded?.spec.nodes[name], liveOne), ...(machine ?? before) };
  }
  const there = (names: readonly string[]) => names.filter((name) => nodes[name] !== undefined);
  return { nodes, controlPlane: there(wanted.spec.controlPlane), etcd: there(wanted.spec.etcd) };
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
