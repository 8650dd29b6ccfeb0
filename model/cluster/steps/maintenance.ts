import type { ClusterNode, ClusterSpec } from "../types";
import { batchesOf, isMember, names, type Sequence, withNodes } from "./sequence";

/** In this order where both are asked for: packages that need a reboot bring it with them. */
const KINDS = ["patch", "reboot"] as const;

const WHAT = {
  patch: { reason: "its packages are brought up to date, with a reboot where they need one", check: "has no packages to bring up to date" },
  reboot: { reason: "it is rebooted", check: "is Ready and has booted since" },
} as const;

/** Patches and reboots of nodes that stay: control planes one at a time, then workers, never more at once than the cluster can spare. */
export function maintain(sequence: Sequence, staying: readonly string[], recorded: ClusterSpec, wanted: ClusterSpec): void {
  const due = (name: string, kind: (typeof KINDS)[number]): boolean =>
    wanted.nodes[name]?.[kind] !== undefined && wanted.nodes[name]?.[kind] !== recorded.nodes[name]?.[kind];
  const affected = staying.filter((name) => KINDS.some((kind) => due(name, kind)));
  const own = affected.filter((name) => isMember(wanted.nodes[name]));
  const workers = names(wanted).filter((name) => wanted.nodes[name]?.roles.includes("worker")).length;
  const batches = [
    ...own.map((name) => [name]),
    ...batchesOf(
      affected.filter((name) => !own.includes(name)),
      workers,
    ),
  ];
  for (const batch of batches) {
    for (const kind of KINDS) {
      // Asked for at different times they are different runs.
      const times = [...new Set(batch.filter((name) => due(name, kind)).map((name) => wanted.nodes[name]?.[kind] ?? ""))].sort();
      for (const since of times)
        run(
          sequence,
          kind,
          since,
          batch.filter((name) => due(name, kind) && wanted.nodes[name]?.[kind] === since),
        );
    }
  }
}

function run(sequence: Sequence, kind: (typeof KINDS)[number], since: string, limit: readonly string[]): void {
  const marked = limit.map((name): [string, ClusterNode] => [name, { ...(sequence.reached.nodes[name] as ClusterNode), [kind]: since }]);
  const member = limit.some((name) => isMember(sequence.inventory.nodes[name]));
  sequence.run(
    {
      playbook: kind,
      limit,
      extraVars: { since },
      nodes: limit,
      reason: `${limit.length > 1 ? "each" : limit[0]}: ${WHAT[kind].reason}, unless that was done since ${since}`,
      precondition: member ? "every etcd member is healthy and every other control plane Ready" : "every other node is Ready",
      check: `${limit.length > 1 ? "each" : limit[0]} ${WHAT[kind].check}`,
    },
    withNodes(sequence.reached, Object.fromEntries(marked)),
  );
}
