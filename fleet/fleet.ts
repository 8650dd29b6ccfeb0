import { randomUUID } from "node:crypto";
import { availableParallelism, freemem } from "node:os";
import { dirname } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import type { RunOptions } from "../engine/types";
import { type LoadedFleet, loadFleet } from "../files/load-fleet";
import type { FleetPlan } from "../model/fleet/plan";
import { type FleetPreview, previewFleet, refusalProblems } from "../model/fleet/preview";
import type { Approvals } from "../model/fleet/records";
import { type FleetReport, reportOf } from "../model/fleet/report";
import { type FleetRun, reversed } from "../model/fleet/run";
import { fingerprintsOf, readSaved, requireClusters, type SavedPreview, savedPreview } from "../model/fleet/saved";
import type { FleetStatus } from "../model/fleet/status";
import { InvalidInputError, type Problem, RefusedError } from "../model/problems";
import { Children } from "./children";
import { type ClusterLoss, readLosses } from "./losses";
import { previewClusters } from "./previews";
import { type RunnerEvent, type World, workOn } from "./runner";
import { readStatus } from "./status";
import { FleetStore } from "./store";

/** Which fleet something is done with, and how. */
export interface FleetRequest {
  /** Path of its file. @default environments/fleet.yaml */
  readonly file: string | undefined;
  /** The project's root folder. */
  readonly root: string;
  readonly sandbox: boolean;
  /** How many operations are under way at once. @default what cores and memory allow */
  readonly parallel?: number;
  /** What is let through. @default nothing */
  readonly approvals?: Approvals;
  /** The compiled command line, which runs each step in a process of its own. */
  readonly main: string;
}

/** What is asked before anything is changed. */
export type FleetQuestion =
  | { readonly kind: "up"; readonly fleet: string; readonly preview: FleetPreview }
  | { readonly kind: "destroy"; readonly fleet: string; readonly losses: readonly ClusterLoss[] };

/** Whoever works on a fleet. */
export interface FleetOperator extends Pick<RunOptions, "signal" | "forceSignal"> {
  /** Undefined: what is asked for was agreed to beforehand. */
  readonly ask?: (question: FleetQuestion) => Promise<boolean>;
  tell(event: RunnerEvent): void;
}

/** An engine, its program and its providers take so much. */
const MEMORY = 768 * 2 ** 20;

/**
 * Brings all clusters to what their files say, in waves. Undefined where that was declined.
 * @param saved path and content of a preview that was approved before, in place of a new one
 * @throws InvalidInputError, RefusedError, FleetBusyError
 */
export async function fleetUp(
  request: FleetRequest,
  operator: FleetOperator,
  saved?: { readonly file: string; readonly content: string | undefined },
): Promise<FleetReport | undefined> {
  const loaded = readFleet(request);
  const { plan } = loaded;
  const { sandbox, approvals = {} } = request;
  requireClusters(plan, approvals);
  const reviewed = saved === undefined ? undefined : readSaved(saved.content, saved.file, plan, sandbox);
  const store = new FleetStore(request.root, plan.fleet, request.sandbox);
  return await store.asOnlyRunner(async () => {
    requireEnded(store);
    const preview = reviewed?.preview ?? (await look(loaded, store, request, operator));
    if (preview.refusals.length > 0) throw new RefusedError(refusalProblems(preview));
    if (operator.ask && !(await operator.ask({ kind: "up", fleet: plan.fleet, preview }))) return undefined;
    store.clear(store.results);
    const agreed = reviewed
      ? { approved: reviewed.approved, approvals: reviewed.approvals }
      : { approved: fingerprintsOf(preview), approvals };
    return await work(store.begin({ run: randomUUID(), operation: "up", sandbox, plan, ...agreed }), store, request, operator);
  });
}

/** What a fleet's `up` would do, by every cluster's own preview; refusals are part of it. @throws InvalidInputError, FleetBusyError */
export async function fleetPreview(request: FleetRequest, operator: Omit<FleetOperator, "ask">): Promise<SavedPreview> {
  const loaded = readFleet(request);
  const { plan } = loaded;
  const { sandbox, approvals = {} } = request;
  requireClusters(plan, approvals);
  const store = new FleetStore(request.root, plan.fleet, sandbox);
  const preview = await store.asOnlyRunner(() => look(loaded, store, request, operator));
  return savedPreview(plan, preview, { sandbox, approvals });
}

/** Takes all clusters down, in reverse. Undefined where that was declined. Throws as {@link fleetUp} does. */
export async function fleetDestroy(request: FleetRequest, operator: FleetOperator): Promise<FleetReport | undefined> {
  const plan = reversed(readFleet(request).plan);
  const store = new FleetStore(request.root, plan.fleet, request.sandbox);
  return await store.asOnlyRunner(async () => {
    requireEnded(store);
    const clusters = plan.waves.flatMap((wave) => wave.clusters.map(({ name }) => name));
    if (operator.ask) {
      const losses = await looking(request, store, plan, operator, (children, most) =>
        readLosses(clusters, children, most, operator.signal),
      );
      if (!(await operator.ask({ kind: "destroy", fleet: plan.fleet, losses }))) return undefined;
    }
    store.clear(store.results);
    const { sandbox } = request;
    return await work(store.begin({ run: randomUUID(), operation: "destroy", sandbox, plan, approved: {} }), store, request, operator);
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
      unknown.map((name) => problem(store.fleet, `the run has no wave ${name}`, `its waves are: ${waves.join(", ")}`)),
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
    return await work(run, store, request, operator);
  });
}

/**
 * The last run, and how the clusters are.
 * @param offline no cluster is asked
 * @throws InvalidInputError
 */
export async function fleetStatus(request: FleetRequest, offline: boolean, signal?: AbortSignal): Promise<FleetStatus> {
  const { root, sandbox } = request;
  const { name, members, registered, file, problems, ...loaded } = loadFleet(request.file, root);
  const store = new FleetStore(root, name, sandbox);
  // A mistake in a file hides no run that is under way.
  const plan = loaded.plan ?? store.read()?.begun.plan;
  if (plan === undefined) throw new InvalidInputError(problems);
  const look = {
    children: (folder: string) => childrenOf(request, folder, plan),
    most: capacityOf(request),
    ...(sandbox ? {} : { folder: dirname(file) }),
    ...(signal === undefined ? {} : { signal }),
  };
  return await readStatus({ plan, members, registered, store, ...(offline ? {} : { look }) });
}

/** Asks the run to end where it safely can: nothing new is begun, and what is under way ends. */
export function fleetCancel(request: Pick<FleetRequest, "file" | "root" | "sandbox">): void {
  requireRun(request).store.cancel();
}

async function work(
  run: FleetRun,
  store: FleetStore,
  request: FleetRequest,
  { signal, forceSignal, tell }: FleetOperator,
): Promise<FleetReport> {
  const { plan, approvals } = run.begun;
  const children = childrenOf(request, store.results, plan, approvals);
  // Once: what is under way has its share of what is free by then.
  const capacity = capacityOf(request);
  const force = () => children.endAll();
  forceSignal?.addEventListener("abort", force, { once: true });
  const cancelled = () => signal?.aborted === true || store.isCancelled;
  const world: World = {
    moment: () => new Date(),
    uptime: () => performance.now(),
    capacity: () => capacity,
    sleep: (ms, wake) => sleep(ms, wake, cancelled),
    launch: (operation) => children.launch(operation),
    look: (operation) => children.look(operation),
    end: (operation) => children.end(operation),
    append: (record) => store.append(record),
    cancelled,
    tell,
  };
  try {
    const { reason } = await workOn(run, world);
    return { ...reportOf(run), ...(reason === undefined ? {} : { reason }) };
  } finally {
    forceSignal?.removeEventListener("abort", force);
  }
}

/** What every cluster's own preview shows, with the fleet's file and locks, as one document. The fleet is this runner's. */
async function look({ plan, members }: Loaded, store: FleetStore, request: FleetRequest, operator: FleetOperator): Promise<FleetPreview> {
  const { signal, tell } = operator;
  return await looking(request, store, plan, operator, async (children, capacity) => {
    const clusters = await previewClusters({ plan, members, children, store, capacity, tell, ...(signal === undefined ? {} : { signal }) });
    return previewFleet(plan, members, { clusters, capacity });
  });
}

/** Looks at clusters, and changes nothing: who interrupts ends what is under way too. */
async function looking<T>(
  request: FleetRequest,
  store: FleetStore,
  plan: FleetPlan,
  { signal, forceSignal }: FleetOperator,
  work: (children: Children, most: number) => Promise<T>,
): Promise<T> {
  store.clear(store.looks);
  const children = childrenOf(request, store.looks, plan, request.approvals);
  const end = () => children.endAll();
  for (const each of [signal, forceSignal]) each?.addEventListener("abort", end, { once: true });
  try {
    return await work(children, capacityOf(request));
  } finally {
    for (const each of [signal, forceSignal]) each?.removeEventListener("abort", end);
  }
}

type Loaded = LoadedFleet & { readonly plan: FleetPlan };

function readFleet({ file, root }: Pick<FleetRequest, "file" | "root">): Loaded {
  const { plan, ...loaded } = loadFleet(file, root);
  if (plan === undefined) throw new InvalidInputError(loaded.problems);
  return { ...loaded, plan };
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

/** What a broken-off run left open is found out by who goes on with it, and by nobody else. */
function requireEnded(store: FleetStore): void {
  const run = store.read();
  if (run === undefined || run.outcome !== undefined) return;
  throw new RefusedError([problem(store.fleet, `its last ${run.begun.operation} was broken off`, "`kpaas fleet resume` goes on with it")]);
}

function noRun(fleet: string): InvalidInputError {
  return new InvalidInputError([problem(fleet, "there is no run of this fleet here", "`kpaas fleet up` begins one")]);
}

function childrenOf({ main, root, sandbox }: FleetRequest, results: string, { health }: FleetPlan, approvals: Approvals = {}): Children {
  return new Children({ main, root, results, sandbox, health, approvals });
}

/** As many as the machine has memory for, and two for each core: engines mostly wait for clouds. */
function capacityOf({ parallel }: FleetRequest): number {
  return parallel ?? Math.max(1, Math.min(2 * availableParallelism(), Math.floor(freemem() / MEMORY)));
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
