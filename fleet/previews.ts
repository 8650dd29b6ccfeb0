import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { type Found, foundIn, type Refused, refusedIn } from "../model/fleet/found";
import type { Member, Outline } from "../model/fleet/member";
import { clusterNames, type FleetPlan } from "../model/fleet/plan";
import { ATTEMPTS } from "../model/fleet/run";
import { together } from "../model/fleet/together";
import type { Children } from "./children";
import { type LiveCluster, RETRY_MS, type RunnerEvent } from "./runner";
import { sideBySide } from "./side-by-side";
import type { FleetStore } from "./store";

/** How the clusters of a fleet are previewed. */
export interface PreviewSettings {
  readonly plan: FleetPlan;
  readonly members: readonly Member[];
  readonly children: Pick<Children, "launch" | "printed"> & Partial<Pick<Children, "latest">>;
  readonly store: FleetStore;
  /** How many at once. */
  readonly capacity: number;
  readonly signal?: AbortSignal;
  /** How long is waited before one that may pass by itself is tried again, for each time it was tried. */
  readonly retryMs?: number;
  tell(event: RunnerEvent): void;
}

/** Previews all clusters side by side, each by a process of its own. What is wrong with one keeps no other from being looked at. */
export async function previewClusters(settings: PreviewSettings): Promise<ReadonlyMap<string, Found | Refused>> {
  const { plan, children, store, capacity, signal, retryMs = RETRY_MS, tell } = settings;
  const clusters = clusterNames(plan);
  const times = store.previewTimes();
  tell({ event: "waiting", reason: beforehand(settings, clusters, times) });
  const shown = new Map(clusters.map((name): [string, LiveCluster] => [name, { name, status: "waiting", attempt: 0 }]));
  const show = (name: string, status: LiveCluster["status"], reason?: string) =>
    shown.set(name, { name, status, attempt: 0, ...(status === "running" ? { step: "preview" } : {}), ...(reason && { reason }) });
  const latest = (cluster: string) => children.latest?.({ cluster, step: "preview", attempt: 0 });
  tell({ event: "following", clusters: () => [...shown.values()], latest });
  const found = new Map<string, Found | Refused>();
  const taken: Record<string, number> = {};
  const look = async (cluster: string) => {
    const operation = { cluster, step: "preview", attempt: 0 } as const;
    const begin = performance.now();
    show(cluster, "running");
    let ended = await children.launch(operation);
    for (let tries = 1; ended.transient === true && tries < ATTEMPTS && signal?.aborted !== true; tries++) {
      tell({ event: "ended", at: new Date().toISOString(), ...operation, ...ended });
      await pause(retryMs * tries, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      ended = await children.launch(operation);
    }
    const seconds = Math.round((performance.now() - begin) / 100) / 10;
    const { outcome, fingerprint, reason = "it did not say why" } = ended;
    const printed = children.printed(operation);
    if (outcome === "done" && fingerprint !== undefined) {
      found.set(cluster, foundIn(printed, fingerprint, seconds));
      taken[cluster] = seconds;
      show(cluster, "done");
    } else {
      show(cluster, ended.transient === true ? "failed" : "refused", reason);
      found.set(cluster, refusedIn(printed, cluster, reason));
    }
    tell({ event: "ended", at: new Date().toISOString(), ...operation, ...ended });
  };
  await sideBySide(clusters, capacity, look, signal);
  store.keepPreviewTimes({ ...times, ...taken });
  signal?.throwIfAborted();
  return found;
}

/** How long it will take: by how long it took before, else by how much there is to look at. */
function beforehand({ members, capacity }: PreviewSettings, clusters: readonly string[], times: Readonly<Record<string, number>>): string {
  const outlines = new Map(members.map(({ name, outline }) => [name, outline]));
  const stretches = clusters.map((name) => ({ name, after: [], length: times[name] ?? guessed(outlines.get(name)) }));
  const seconds = Math.ceil(together(stretches, capacity));
  const known = clusters.filter((name) => times[name] !== undefined).length;
  const basis =
    known === clusters.length ? "the last ones" : known === 0 ? "the machines and services" : "the last ones where there were any";
  const long = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
  return `${clusters.length} clusters are previewed, ${capacity} at once: about ${long}, going by ${basis}`;
}

/** Seconds in the sandbox, on two cores. */
function guessed({ machines, services }: Pick<Outline, "machines" | "services"> = { machines: 0, services: 0 }): number {
  return 5 + (machines + services) / 2;
}
