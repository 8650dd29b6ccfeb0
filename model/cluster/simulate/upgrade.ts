import { minorNumber } from "../releases";
import type { ClusterSpec, ClusterStep } from "../types";
import { withMetadata } from "./cluster";
import { needFacts, PlaybookFailure, running, type SimulatedWorld, withFacts, withStates } from "./state";

/** A kubelet may be so many minors older than the API server. */
const SKEW = 3;

/** upgrade-cluster.yml: control planes and etcd together, workers once those have the version. */
export function upgrade(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const cluster = running(world);
  needFacts(world, step, inventory);
  const hosts = step.limit.length > 0 ? step.limit : Object.keys(inventory.nodes);
  const own = [...new Set([...inventory.controlPlane, ...inventory.etcd])];
  const upgraded = own.filter((name) => hosts.includes(name));
  if (upgraded.length > 0 && upgraded.length < own.length) {
    throw new PlaybookFailure("control planes and etcd members are upgraded together: --limit kube_control_plane:etcd");
  }
  const up = (from: string, to: string, what: string): void => {
    const minors = minorNumber(to) - minorNumber(from);
    if (minors > 1) throw new PlaybookFailure(`${what} from ${from} to ${to} skips a minor`);
    if (minors < 0) throw new PlaybookFailure(`${what} from ${from} to ${to} goes back`);
  };
  if (upgraded.length > 0) {
    up(cluster.kubespray, step.kubespray, "kubespray");
    up(cluster.kubernetes, inventory.kubernetes, "Kubernetes");
  } else if (cluster.kubernetes !== inventory.kubernetes || cluster.kubespray !== step.kubespray) {
    throw new PlaybookFailure("workers are upgraded after the control planes");
  }
  const nodes = hosts.flatMap((name) => {
    const [node, wanted] = [cluster.nodes[name], inventory.nodes[name]];
    if (!node || !wanted) throw new PlaybookFailure(`nodes "${name}" not found`);
    if (!node.ready) throw new PlaybookFailure(`${name} does not answer`);
    return [[name, { ...withMetadata(node, wanted), kubelet: inventory.kubernetes }] as const];
  });
  const after = withStates(cluster, nodes);
  const old = Object.keys(after.nodes).find(
    (name) => minorNumber(inventory.kubernetes) - minorNumber(after.nodes[name]?.kubelet ?? "") > SKEW,
  );
  if (old !== undefined) throw new PlaybookFailure(`the kubelet of ${old} is more than ${SKEW} minors older than the API server would be`);
  if (upgraded.length === 0) return { facts: withFacts(world, hosts), cluster: after };
  const { told } = cluster;
  return {
    facts: withFacts(world, hosts),
    cluster: {
      ...after,
      kubespray: step.kubespray,
      kubernetes: inventory.kubernetes,
      variables: inventory.variables,
      ...(told ? { told: { ...told, etcd: inventory.etcd } } : {}),
    },
  };
}
