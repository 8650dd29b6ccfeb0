import type { LoadedFleet } from "../files/load-fleet";
import type { Member } from "../model/fleet/member";
import { clusterNames, type FleetPlan } from "../model/fleet/plan";
import { reportOf } from "../model/fleet/report";
import { driftIn, type FleetStatus, liveIn, liveOf, statusOf, type Told } from "../model/fleet/status";
import type { Step } from "../model/fleet/work";
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
    /** Whether it is told what differs from what is recorded. */
    readonly drift: boolean;
    readonly signal?: AbortSignal;
  };
}

/**
 * The last run of a fleet, and how its clusters are, each asked by a `kpaas cluster health` of its own, and a `kpaas refresh --dry-run`. A run may
 * be under way meanwhile.
 */
export async function readStatus({ plan, members, registered, store, look }: StatusSettings): Promise<FleetStatus> {
  const told = new Map<string, Told>();
  const names = Object.keys(registered);
  if (look !== undefined)
    await store.withFolder(async (results) => {
      const children = look.children(results);
      const printed = async (cluster: string, step: Step) => {
        const operation = { cluster, step, attempt: 0 };
        const { reason = "it did not say how it is" } = await children.launch(operation);
        return [children.printed(operation), reason] as const;
      };
      const ask = async (cluster: string) => {
        const kubeconfig = registered[cluster]?.kubeconfig;
        if (kubeconfig === undefined) {
          const live = liveIn(...(await printed(cluster, "health")));
          told.set(cluster, { live, ...(look.drift ? { drift: driftIn(...(await printed(cluster, "drift"))) } : {}) });
        } else if (look.folder !== undefined) {
          const answers = await askRegistered(kubeconfig, look.folder, plan.health.deployments);
          told.set(cluster, { live: liveOf(answers, new Date()) });
        }
      };
      await endedBy(children, [look.signal], () => sideBySide([...clusterNames(plan), ...names], look.most, ask, look.signal));
      look.signal?.throwIfAborted();
    });
  const run = store.read();
  return statusOf(plan, members, names, run && reportOf(run), told);
}
