import type { ClusterNode, ClusterSpec } from "../types";
import { sameValue } from "../variables";
import { names, nodesOf, type Sequence, withNodes } from "./sequence";

/** Variables for our own playbooks: kubespray neither knows them nor does anything about a change. */
export function isOurVariable(name: string): boolean {
  return name.startsWith("kpaas_");
}

/** What makes hosts ready before they join; absent on clouds, where their first boot does it. */
const PREPARING = ["kpaas_nfs_client", "kpaas_pod_filter", "kpaas_prepare"] as const;

interface Comings {
  readonly joining: readonly string[];
  readonly leaving: readonly string[];
}

/** What stands on hosts before nodes join: prepared hosts, their firewall, the NFS server, the API's balancers. */
export function setUpBefore(
  sequence: Sequence,
  { joining, leaving }: Comings,
  recorded: ClusterSpec | undefined,
  wanted: ClusterSpec,
): void {
  const changed = (name: string): boolean => !sameValue(recorded?.variables[name], wanted.variables[name]);
  const kept = sequence.inventory;
  // In no group they would be passed over.
  const behind = (list: readonly string[], of: readonly string[]) => [
    ...new Set([...list, ...joining.filter((name) => of.includes(name))]),
  ];
  sequence.inventory = {
    ...withNodes({ ...kept, variables: withOurs(kept.variables, wanted) }, nodesOf(wanted, joining)),
    controlPlane: behind(kept.controlPlane, wanted.controlPlane),
    etcd: behind(kept.etcd, wanted.etcd),
  };
  const prepares = PREPARING.some((name) => wanted.variables[name] !== undefined);
  const hosts = PREPARING.some(changed)
    ? names(wanted)
    : names(wanted).filter((name) =>
        joining.includes(name)
          ? prepares || (wanted.nodes[name]?.volumes ?? []).length > 0
          : !sameValue(recorded?.nodes[name]?.volumes, wanted.nodes[name]?.volumes),
      );
  if (hosts.length > 0) {
    const prepared = Object.entries(nodesOf(sequence.reached, hosts)).map(([name, node]): [string, ClusterNode] => {
      const { volumes: _volumes, ...rest } = node;
      const volumes = wanted.nodes[name]?.volumes;
      return [name, volumes === undefined ? rest : { ...rest, volumes }];
    });
    run(sequence, "prepare-nodes", hosts.length === names(wanted).length ? [] : hosts, hosts, "hosts are made ready", PREPARING, wanted, {
      reaches: withNodes(sequence.reached, Object.fromEntries(prepared)),
    });
  }
  const moved = !sameValue(recorded?.hosts, wanted.hosts);
  if (changed("kpaas_firewalls") || (wanted.variables.kpaas_firewalls !== undefined && (joining.length > 0 || moved))) {
    const also = leaving.map((name) => kept.nodes[name]?.address).filter((address) => address !== undefined);
    run(
      sequence,
      "firewall",
      [],
      names(sequence.inventory),
      "the hosts' firewall lets through what the plan lists",
      ["kpaas_firewalls"],
      wanted,
      {
        extraVars: also.length === 0 ? {} : { also_nodes: also.join(",") },
      },
    );
  }
  const served = changed("kpaas_nfs") || (wanted.variables.kpaas_nfs !== undefined && !sameValue(serversOf(recorded), serversOf(wanted)));
  if (served) run(sequence, "nfs-server", [], [], "the NFS server and its share", ["kpaas_nfs"], wanted);
  if (changed("kpaas_endpoint") && recorded === undefined) balance(sequence, wanted);
  sequence.inventory = { ...sequence.inventory, nodes: kept.nodes, controlPlane: kept.controlPlane, etcd: kept.etcd };
}

/** The NFS servers of a cluster. */
function serversOf(spec: ClusterSpec | undefined): ClusterSpec["hosts"] {
  return Object.fromEntries(Object.entries(spec?.hosts ?? {}).filter(([, { groups }]) => groups.includes("nfs_server")));
}

/** The balancers before the API servers are told the control planes. */
export function balance(sequence: Sequence, wanted: ClusterSpec): void {
  const { controlPlane } = sequence.inventory;
  run(
    sequence,
    "load-balancers",
    controlPlane,
    controlPlane,
    "the balancers of the API know every control plane",
    ["kpaas_endpoint"],
    wanted,
  );
}

/** What follows once nodes have come and gone: who leaves is let in no more, and backups are made of the members there are. */
export function setUpAfter(sequence: Sequence, recorded: ClusterSpec | undefined, wanted: ClusterSpec): void {
  const changed = (name: string): boolean => !sameValue(recorded?.variables[name], wanted.variables[name]);
  if (sequence.isDue("firewall"))
    run(sequence, "firewall", [], names(wanted), "the hosts' firewall lets those in no more that have left", ["kpaas_firewalls"], wanted);
  if (sequence.isDue("load-balancers") || (recorded !== undefined && changed("kpaas_endpoint"))) balance(sequence, wanted);
  if (sequence.isDue("etcd-backup") || changed("kpaas_backup")) {
    const stops = wanted.variables.kpaas_backup === undefined;
    const reason = `backups of etcd ${stops ? "are made no more" : "as the file asks for"}`;
    // Wherever etcd runs, control planes make them.
    run(sequence, "etcd-backup", wanted.controlPlane, wanted.controlPlane, reason, ["kpaas_backup"], wanted);
  }
}

function run(
  sequence: Sequence,
  playbook: "prepare-nodes" | "nfs-server" | "firewall" | "load-balancers" | "etcd-backup",
  limit: readonly string[],
  nodes: readonly string[],
  reason: string,
  variables: readonly string[],
  wanted: ClusterSpec,
  more: { readonly reaches?: ClusterSpec; readonly extraVars?: Readonly<Record<string, string>> } = {},
): void {
  const reached = more.reaches ?? sequence.reached;
  const known = Object.entries({ ...reached.variables, ...pick(wanted, variables) }).filter(
    ([name]) => !variables.includes(name) || wanted.variables[name] !== undefined,
  );
  sequence.run(
    {
      playbook,
      limit,
      extraVars: more.extraVars ?? {},
      nodes,
      ...(playbook === "prepare-nodes" || playbook === "nfs-server" ? {} : { settles: playbook }),
      reason,
      precondition: "every host of the run answers",
      check: reason,
    },
    { ...reached, variables: Object.fromEntries(known) },
  );
}

function pick({ variables }: ClusterSpec, wanted: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => wanted.includes(name)));
}

/** The variables with those for our playbooks as another cluster has them. */
export function withOurs(variables: ClusterSpec["variables"], of: ClusterSpec): ClusterSpec["variables"] {
  const own = (all: ClusterSpec["variables"], wanted: boolean) => Object.entries(all).filter(([name]) => isOurVariable(name) === wanted);
  return Object.fromEntries([...own(variables, false), ...own(of.variables, true)]);
}
