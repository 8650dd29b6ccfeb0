import { dirname } from "node:path";
import { loadFleet } from "../files/load-fleet";
import type { FleetPlan } from "../model/fleet/plan";
import { type FleetPreview, previewFleet } from "../model/fleet/preview";
import { requireClusters, type SavedPreview, savedPreview } from "../model/fleet/saved";
import type { FleetStatus } from "../model/fleet/status";
import type { Work } from "../model/fleet/work";
import { InvalidInputError } from "../model/problems";
import { type Children, endedBy } from "./children";
import { previewClusters } from "./previews";
import { capacityOf, childrenOf, type FleetOperator, type FleetRequest, type Loaded } from "./request";
import { readStatus } from "./status";
import { FleetStore } from "./store";
import { readWork, type Wanted } from "./work";

/* What looks at a fleet and changes nothing. */

/**
 * What a fleet's `up`, `upgrade` or `rotate` would do, by every cluster's own preview; refusals are part of it.
 * @throws InvalidInputError, FleetBusyError
 */
export async function fleetPreview(request: FleetRequest, wanted: Wanted, operator: Omit<FleetOperator, "ask">): Promise<SavedPreview> {
  const { loaded, work } = readWork(request, wanted);
  const { plan } = loaded;
  const { sandbox, approvals = {} } = request;
  requireClusters(plan, approvals);
  const store = new FleetStore(request.root, plan.fleet, sandbox);
  const preview = await store.asOnlyRunner(() => look(loaded, work, store, request, operator));
  return savedPreview(plan, preview, { sandbox, approvals });
}

/**
 * The last run, and how the clusters are.
 * @param asked `offline`: no cluster is asked; `drift`: what differs from what is recorded is told too
 * @throws InvalidInputError
 */
export async function fleetStatus(
  request: FleetRequest,
  { offline = false, drift = false }: { readonly offline?: boolean; readonly drift?: boolean },
  signal?: AbortSignal,
): Promise<FleetStatus> {
  const { root, sandbox } = request;
  const { name, members, registered, file, problems, ...loaded } = loadFleet(request.file, root);
  const store = new FleetStore(root, name, sandbox);
  // A mistake in a file hides no run that is under way.
  const plan = loaded.plan ?? store.read()?.begun.plan;
  if (plan === undefined) throw new InvalidInputError(problems);
  const look = {
    children: (folder: string) => childrenOf(request, folder, plan),
    ...{ most: capacityOf(request), drift },
    ...(sandbox ? {} : { folder: dirname(file) }),
    ...(signal === undefined ? {} : { signal }),
  };
  return await readStatus({ plan, members, registered, store, ...(offline ? {} : { look }) });
}

/** What every cluster's own preview shows, with the fleet's file and locks, as one document. The fleet is this runner's. */
export async function look(
  { plan, members }: Loaded,
  work: Work,
  store: FleetStore,
  request: FleetRequest,
  operator: FleetOperator,
): Promise<FleetPreview> {
  const { signal, tell } = operator;
  return await looking(request, work, store, plan, operator, async (children, capacity) => {
    const clusters = await previewClusters({ plan, members, children, store, capacity, tell, ...(signal === undefined ? {} : { signal }) });
    return previewFleet(plan, members, work, { clusters, capacity });
  });
}

/** Looks at clusters, and changes nothing: who interrupts ends what is under way too. */
export async function looking<T>(
  request: FleetRequest,
  work: Work,
  store: FleetStore,
  plan: FleetPlan,
  { signal, forceSignal }: FleetOperator,
  ask: (children: Children, most: number) => Promise<T>,
): Promise<T> {
  store.clear(store.looks);
  const children = childrenOf(request, store.looks, plan, { work, approvals: request.approvals });
  return await endedBy(children, [signal, forceSignal], () => ask(children, capacityOf(request)));
}
