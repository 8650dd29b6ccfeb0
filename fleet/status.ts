import type { LoadedFleet } from "../files/load-fleet";
import type { Member } from "../model/fleet/member";
import { clusterNames, type FleetPlan } from "../model/fleet/plan";
import { reportOf } from "../model/fleet/report";
import { type FleetStatus, type Live, liveIn, liveOf, statusOf } from "../model/fleet/status";
import { askRegistered } from "../operate/cluster/registered";
import { type Children, endedBy } from "./children";
import { sideBySide } from "./side-by-side";
import type { FleetStore } from "./store";

/** What is asked of whom. */
export interface StatusSettings extends Pick<LoadedFleet, "registered"> {
  readonly plan: FleetPlan;
  readonly members: readonly Member[];
  readonly store: FleetStore;
  /** By which clusters are asked; undefined: nobody is. */
  readonly look?: {
    children(folder: string): Children;
    /** What the relative paths of kubeconfigs go by; undefined: registered clusters are not asked, as in the sandbox. */
    readonly folder?: string;
    readonly most: number;
    readonly signal?: AbortSignal;
  };
}

/** The last run of a fleet, and how its clusters are, each asked by a `kpaas cluster health` of its own. A run may be under way meanwhile. */
export async function readStatus({ plan, members, registered, store, look }: StatusSettings): Promise<FleetStatus> {
  const live = new Map<string, Live>();
  const names = Object.keys(registered);
  if (look !== undefined)
    await store.withFolder(async (results) => {
      const children = look.children(results);
      const ask = async (cluster: string) => {
        const kubeconfig = registered[cluster]?.kubeconfig;
        if (kubeconfig === undefined) {
          const operation = { cluster, step: "health", attempt: 0 } as const;
          const { reason = "it did not say how it is" } = await children.launch(operation);
          live.set(cluster, liveIn(children.printed(operation), reason));
        } else if (look.folder !== undefined) live.set(cluster, liveOf(await askRegistered(kubeconfig, look.folder), new Date()));
      };
      await endedBy(children, [look.signal], () => sideBySide([...clusterNames(plan), ...names], look.most, ask, look.signal));
      look.signal?.throwIfAborted();
    });
  const run = store.read();
  return statusOf(plan, members, names, run && reportOf(run), live);
}
