import { taintIdentity } from "../../../model/cluster/steps/metadata";
import type { ClusterNode, ClusterSpec, ClusterStep } from "../../../model/cluster/types";
import { type Missing, NOT_READY } from "../cluster-view";
import type { StepContext } from "../runner";
import type { ApiNode } from "./live-cluster";
import { askControlPlanes, readEtcd } from "./read-cluster";
import { askAll, printed, type RemoteHosts } from "./remote-hosts";

/** What is looked at beyond a node's being Ready: asked before a run is left out, which would set them. */
interface Strictness {
  /** Whether labels and taints have to be there, and pods be scheduled. */
  readonly whole: boolean;
}

/** When something was last done on a host, printed in seconds since 1970. */
const DONE_AT = {
  reboot: 'date -d "$(LC_ALL=C TZ=UTC systemctl show --value --property=UserspaceTimestamp)" +%s',
  patch: 'date -d "$(cat /var/lib/kpaas/patched)" +%s',
} as const;

/** What is not there of a step's effect, node by node; none where nothing on the hosts tells. @throws Error where no control plane answers */
export async function missingOf(
  hosts: RemoteHosts,
  step: ClusterStep,
  context: StepContext,
  strictness: Strictness,
): Promise<readonly Missing[]> {
  const { inventory } = context;
  const on = step.limit.length > 0 ? step.limit : Object.keys(inventory.nodes);
  const nodes = async () => (await askControlPlanes(hosts, inventory, context))?.nodes ?? {};
  switch (step.playbook) {
    case "remove-node":
      return await notRemoved(hosts, step, context);
    case "scale":
    case "cluster":
      return await notJoined(hosts, step.nodes, inventory, await nodes(), strictness);
    case "upgrade-cluster":
      return notWorking(kubernetesNodes(inventory, on), await nodes(), strictness, ({ kubelet }) =>
        kubelet === inventory.kubernetes ? undefined : `has Kubernetes ${kubelet}`,
      );
    case "switch-runtime": {
      const scheme = step.extraVars.to === "crio" ? "cri-o" : String(step.extraVars.to);
      return notWorking(kubernetesNodes(inventory, on), await nodes(), strictness, ({ runtime = "no runtime" }) =>
        runtime.startsWith(`${scheme}://`) ? undefined : `has ${runtime}`,
      );
    }
    case "node-metadata": {
      const found = await nodes();
      return step.limit.flatMap((node) =>
        found[node] === undefined
          ? [{ node, what: ABSENT }]
          : carries(found[node], step)
            ? [{ node, what: "still has what is removed" }]
            : [],
      );
    }
    case "reboot":
    case "patch":
      return await notSince(hosts, on, step, DONE_AT[step.playbook]);
    case "reset":
      return await notReset(hosts, on);
    default:
      return [];
  }
}

const ABSENT = "is no node of the cluster";

function kubernetesNodes(inventory: ClusterSpec, names: readonly string[]): string[] {
  return names.filter((name) => inventory.nodes[name]?.roles.every((role) => role === "etcd") !== true);
}

/** Nodes that do not work, or of which something is not as it has to be. */
function notWorking(
  names: readonly string[],
  nodes: Readonly<Record<string, ApiNode>>,
  { whole }: Strictness,
  wrong: (node: ApiNode, name: string) => string | undefined,
): Missing[] {
  return names.flatMap((name) => {
    const node = nodes[name];
    if (node === undefined) return [{ node: name, what: ABSENT }];
    const what = wrong(node, name) ?? (!node.ready ? NOT_READY : whole && node.cordoned === true ? "takes no new pods" : undefined);
    return what === undefined ? [] : [{ node: name, what }];
  });
}

/** Nodes that are not Ready on the very hosts of the inventory, or not with its labels and taints. */
async function notJoined(
  hosts: RemoteHosts,
  names: readonly string[],
  inventory: ClusterSpec,
  nodes: Readonly<Record<string, ApiNode>>,
  strictness: Strictness,
): Promise<readonly Missing[]> {
  const asked = kubernetesNodes(inventory, names);
  const { answers } = await askAll(
    asked.filter((name) => nodes[name]),
    (node) => printed(hosts, node, "cat /etc/machine-id"),
  );
  return notWorking(asked, nodes, strictness, (node, name) => {
    const machine = answers.get(name)?.trim();
    if (machine === undefined) return "does not answer";
    if (machine !== node.machineId) return "is in the cluster from another machine";
    return strictness.whole && !hasMetadata(node, inventory.nodes[name]) ? "lacks labels or taints" : undefined;
  });
}

/** Those of these nodes that are in the cluster, Ready, from their own machines. */
export async function joinedOf(
  hosts: RemoteHosts,
  names: readonly string[],
  inventory: ClusterSpec,
  nodes: Readonly<Record<string, ApiNode>>,
): Promise<readonly string[]> {
  const missing = await notJoined(hosts, names, inventory, nodes, { whole: true });
  return names.filter((name) => !missing.some(({ node }) => node === name));
}

function hasMetadata(node: ApiNode, wanted: ClusterNode | undefined): boolean {
  return (
    Object.entries(wanted?.labels ?? {}).every(([key, value]) => node.labels[key] === value) &&
    (wanted?.taints ?? []).every((taint) => node.taints.includes(taint))
  );
}

function carries(node: ApiNode, step: ClusterStep): boolean {
  const labels = String(step.extraVars.remove_labels ?? "").split(",");
  const taints = String(step.extraVars.remove_taints ?? "").split(",");
  return labels.some((key) => Object.hasOwn(node.labels, key)) || node.taints.some((taint) => taints.includes(taintIdentity(taint)));
}

/** Nodes that are still nodes of Kubernetes' or members of etcd's. */
async function notRemoved(hosts: RemoteHosts, step: ClusterStep, context: StepContext): Promise<readonly Missing[]> {
  const { inventory } = context;
  const found = await askControlPlanes(hosts, inventory, context);
  if (!found) return step.nodes.map((node) => ({ node, what: "may still be a node: no control plane tells" }));
  const nodes = step.nodes.filter((node) => found.nodes[node]).map((node) => ({ node, what: "is still a node of the cluster" }));
  const members = step.nodes.filter((name) => inventory.nodes[name]?.roles.includes("etcd"));
  if (members.length === 0) return nodes;
  const etcd = await readEtcd(
    hosts,
    inventory.etcd.filter((name) => !step.nodes.includes(name) && context.machines[name]),
  );
  const stays = (name: string) => etcd.length === 0 || etcd.some(({ address }) => address === inventory.nodes[name]?.address);
  return [...nodes, ...members.filter(stays).map((node) => ({ node, what: "may still be a member of etcd" }))];
}

/** Hosts on which something was not done since the step's own time; `when` prints that in seconds. */
async function notSince(hosts: RemoteHosts, names: readonly string[], step: ClusterStep, when: string): Promise<readonly Missing[]> {
  const since = Date.parse(String(step.extraVars.since ?? ""));
  if (Number.isNaN(since)) return [];
  const { answers } = await askAll(names, (node) => printed(hosts, node, when, { become: true }));
  const isDone = (node: string) => Number(answers.get(node) ?? 0) * 1_000 >= since;
  return names.filter((node) => !isDone(node)).map((node) => ({ node, what: `was not seen to since ${String(step.extraVars.since)}` }));
}

async function notReset(hosts: RemoteHosts, names: readonly string[]): Promise<readonly Missing[]> {
  const gone = "[ ! -e /etc/kubernetes/kubelet.conf ] && [ ! -e /var/lib/etcd/member ] && ! systemctl is-active --quiet kubelet";
  const { answers } = await askAll(names, (node) => hosts.run(node, gone, { become: true }));
  return names.filter((node) => answers.get(node)?.code !== 0).map((node) => ({ node, what: "still bears a cluster" }));
}
