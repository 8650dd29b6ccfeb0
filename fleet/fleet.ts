import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { loadFleet } from "../files/load-fleet";
import { ofItsClusters, oneWave } from "../model/fleet/one-wave";
import { clusterNames } from "../model/fleet/plan";
import { refusalProblems } from "../model/fleet/preview";
import { type FleetReport, reportOf } from "../model/fleet/report";
import { type ClusterRun, type FleetRun, reversed } from "../model/fleet/run";
import { fingerprintsOf, readSaved, requireClusters } from "../model/fleet/saved";
import { InvalidInputError, type Problem, RefusedError } from "../model/problems";
import { type Children, endedBy } from "./children";
import { look, looking } from "./look";
import { readLosses } from "./losses";
import { operatorRun, stepsByOperator } from "./operator-run";
import { capacityOf, childrenOf, type FleetOperator, type FleetRequest, readFleet } from "./request";
import { LOOK_MS, type Patience, type World, workOn } from "./runner";
import { FleetStore } from "./store";
import { readWork, type Wanted } from "./work";

/**
 * Brings all clusters to what their files say, to another version, or to other secrets, in waves. Undefined where that was declined.
 * @param saved path and content of a preview that was approved before, in place of a new one
 * @throws InvalidInputError, RefusedError, FleetBusyError
 */
export async function fleetChange(
  request: FleetRequest,
  wanted: Wanted,
  operator: FleetOperator,
  saved?: { readonly file: string; readonly content: string | undefined },
): Promise<FleetReport | undefined> {
  const { loaded: whole, work } = readWork(request, wanted);
  const { sandbox, wave, approvals = {} } = request;
  requireClusters(whole.plan, approvals);
  const reviewed = saved === undefined ? undefined : readSaved(saved.content, saved.file, whole.plan, work, sandbox);
  const plan = wave === undefined ? whole.plan : oneWave(whole.plan, wave);
  const loaded = { ...whole, plan };
  const by = request.via === undefined ? {} : { operator: operatorRun(loaded, request.root) };
  const store = new FleetStore(request.root, plan.fleet, request.sandbox);
  return await store.asOnlyRunner(async () => {
    requireEnded(store, operator);
    const preview = reviewed?.preview ?? (await look(loaded, work, store, request, operator));
    if (preview.refusals.length > 0) throw new RefusedError(refusalProblems(preview));
    if (operator.ask && !(await operator.ask({ kind: "change", fleet: plan.fleet, preview }))) return undefined;
    store.clear(store.results);
    const agreed = reviewed
      ? { approved: ofItsClusters(plan, reviewed.approved), approvals: ofItsClusters(plan, reviewed.approvals) }
      : { approved: fingerprintsOf(preview), approvals };
    return await workOnRun(store.begin({ ...work, run: randomUUID(), sandbox, plan, ...agreed, ...by }), store, request, operator);
  });
}

/** Looks whether such a change could be begun, as far as files tell. @throws InvalidInputError, RefusedError */
export function checkChange(request: FleetRequest, wanted: Wanted): void {
  const { loaded } = readWork(request, wanted);
  requireClusters(loaded.plan, request.approvals ?? {});
  if (request.wave !== undefined) oneWave(loaded.plan, request.wave);
}

/**
 * Takes all clusters down, in reverse. Undefined where that was declined.
 * @param named the fleet's name, where somebody has given that in place of an answer
 * @throws what {@link fleetChange} does; InvalidInputError where it is named otherwise
 */
export async function fleetDestroy(request: FleetRequest, operator: FleetOperator, named?: string): Promise<FleetReport | undefined> {
  const plan = reversed(readFleet(request).plan);
  if (named !== undefined && named !== plan.fleet)
    throw new InvalidInputError([
      {
        ...problem(plan.fleet, "is not the fleet's name: nothing is destroyed", `write --approve ${plan.fleet}`),
        path: "--approve",
        value: named,
      },
    ]);
  const work = { operation: "destroy" } as const;
  const store = new FleetStore(request.root, plan.fleet, request.sandbox);
  return await store.asOnlyRunner(async () => {
    requireEnded(store, operator);
    const clusters = clusterNames(plan);
    if (operator.ask) {
      const losses = await looking(request, work, store, plan, operator, (children, most) =>
        readLosses(clusters, children, most, operator.signal),
      );
      if (!(await operator.ask({ kind: "destroy", fleet: plan.fleet, losses }))) return undefined;
    }
    store.clear(store.results);
    const { sandbox } = request;
    return await workOnRun(store.begin({ ...work, run: randomUUID(), sandbox, plan, approved: {} }), store, request, operator);
  });
}

/**
 * Goes on with a run that was broken off, cancelled, stopped, or that waits to be approved. What failed is tried again.
 * @param approved waves that are approved
 */
export async function fleetResume(request: FleetRequest, approved: readonly string[], operator: FleetOperator): Promise<FleetReport> {
  const { store, run: found } = requireRun(request);
  const waves = found.begun.plan.waves.map(({ name }) => name);
  const unknown = approved.filter((name) => !waves.includes(name));
  if (unknown.length > 0)
    throw new InvalidInputError(
      unknown.map((value) => ({
        ...problem(store.fleet, "is no wave of the run", `its waves are: ${waves.join(", ")}`),
        ...{ path: "--approve", value },
      })),
    );
  return await store.asOnlyRunner(async () => {
    if (found.outcome === "done") return reportOf(found);
    const run = store.open();
    if (run === undefined) throw noRun(store.fleet);
    for (const wave of approved) {
      const record = { event: "approved", wave, at: new Date().toISOString() } as const;
      store.append(record);
      run.apply(record);
    }
    return await workOnRun(run, store, request, operator);
  });
}

/**
 * Asks the run to end where it safely can: nothing new is begun, and what is under way ends.
 * @returns whether a runner is at work that hears of it
 */
export function fleetCancel(request: Pick<FleetRequest, "file" | "root" | "sandbox">): boolean {
  const { store } = requireRun(request);
  store.cancel();
  return store.isWorkedOn;
}

async function workOnRun(
  run: FleetRun,
  store: FleetStore,
  request: FleetRequest,
  { signal, forceSignal, tell }: FleetOperator,
): Promise<FleetReport> {
  const { plan, approvals, operator } = run.begun;
  const children = childrenOf(request, store.results, plan, { work: run.begun, approvals });
  const steps = operator === undefined ? children : await stepsByOperator(run.begun, operator, children);
  // Once: what is under way has its share of what is free by then.
  const capacity = capacityOf(request);
  const cancelled = () => signal?.aborted === true || store.isCancelled;
  const world: World = {
    moment: () => new Date(),
    uptime: () => performance.now(),
    capacity: () => capacity,
    sleep: (ms, wake) => sleep(ms, wake, cancelled),
    launch: (operation) => {
      // It may have been paused since its record was written.
      store.requireLease();
      return steps.launch(operation);
    },
    look: (operation) => steps.look(operation),
    silence: (operation) => steps.silence(operation),
    end: (operation, how) => steps.end(operation, how),
    append: (records) => store.append(...records),
    cancelled,
    tell,
  };
  tell({ event: "following", clusters: () => [...run.clusters.values()], latest: (cluster) => latestOf(run.cluster(cluster), children) });
  const { reason } = await endedBy(steps, [forceSignal], () => workOn(run, world, patience()));
  return { ...reportOf(run), ...(reason === undefined ? {} : { reason }) };
}

function latestOf({ name, step, attempt }: ClusterRun, children: Children): string | undefined {
  return step === undefined ? undefined : children.latest({ cluster: name, step, attempt });
}

function requireRun({ file, root, sandbox }: Pick<FleetRequest, "file" | "root" | "sandbox">): {
  readonly store: FleetStore;
  readonly run: FleetRun;
} {
  const { name } = loadFleet(file, root);
  const store = new FleetStore(root, name, sandbox);
  const run = store.read();
  if (run === undefined) throw noRun(name);
  return { store, run };
}

/** What a broken-off run left open is found out by who goes on with it, and by nobody else. What another one's place is taken of, is told. */
function requireEnded(store: FleetStore, { tell }: FleetOperator): void {
  const run = store.read();
  if (run === undefined || run.outcome === "done") return;
  const { operation } = run.begun;
  if (run.outcome !== undefined) {
    const how = run.outcome === "paused" ? "waits for an approval" : `is not done (${run.outcome})`;
    tell({
      event: "waiting",
      reason: `the last ${operation} ${how}: what begins now takes its place, and \`kpaas fleet resume\` goes on with that then`,
    });
    return;
  }
  throw new RefusedError([problem(store.fleet, `its last ${operation} was broken off`, "`kpaas fleet resume` goes on with it")]);
}

function noRun(fleet: string): InvalidInputError {
  return new InvalidInputError([problem(fleet, "there is no run of this fleet here", "`kpaas fleet up` begins one")]);
}

/** How long is waited for a step that says nothing: what KPAAS_STEP_SILENCE says, in minutes. */
function patience(): Patience {
  const minutes = Number(process.env.KPAAS_STEP_SILENCE);
  if (!(minutes > 0)) return {};
  const silenceMs = minutes * 60_000;
  return { silenceMs, lookMs: Math.min(silenceMs, LOOK_MS) };
}

async function sleep(ms: number, wake: AbortSignal, cancelled: () => boolean): Promise<void> {
  const before = cancelled();
  const until = performance.now() + ms;
  for (let left = ms; left > 0 && !wake.aborted && cancelled() === before; left = until - performance.now())
    await pause(Math.min(left, 1_000), undefined, { signal: wake }).catch(() => undefined);
}

function problem(environment: string, reason: string, remedy: string): Problem {
  return { environment, path: "", reason, remedy, severity: "error" };
}
