import { isOpen, nextOpening } from "./maintenance";
import type { FleetCluster, Wave } from "./plan";
import type { Outcome } from "./records";
import type { FleetRun } from "./run";
import type { Step } from "./work";

/** What a decision goes by beside the run itself. */
export interface Now {
  /** The calendar's, for maintenance windows alone. */
  readonly moment: Date;
  /** Milliseconds of a clock that only goes forward. */
  readonly uptime: number;
  /** How many operations the machine can have under way. */
  readonly capacity: number;
  /** By cluster, the uptime before which it is not tried again. */
  readonly retryAt: ReadonlyMap<string, number>;
}

/** What is to be done now. */
export type Decision =
  | { readonly kind: "launch"; readonly operations: readonly Operation[] }
  /** Nothing, until something ends, or at the latest in so many milliseconds. */
  | { readonly kind: "wait"; readonly ms?: number; readonly reason: string }
  | { readonly kind: "bake"; readonly part: string; readonly ms: number }
  | { readonly kind: "end"; readonly outcome: Outcome; readonly reason?: string };

/** One step of one cluster. */
export interface Operation {
  readonly cluster: string;
  readonly step: Step;
  readonly attempt: number;
}

/** What a run does next. Pure: the same run and moment give the same decision. */
export function decide(run: FleetRun, now: Now): Decision {
  const running = run.running.length;
  const stopped = run.stopped;
  if (stopped !== undefined || run.cancelled) {
    if (running > 0) return { kind: "wait", reason: "what is under way ends first" };
    return stopped === undefined ? { kind: "end", outcome: "cancelled" } : { kind: "end", outcome: "stopped", reason: stopped };
  }
  const blocked = run.blocked();
  const isSettled = ({ name }: FleetCluster) => ["done", "failed"].includes(run.cluster(name).status) || blocked.has(name);
  const { waves } = run.begun.plan;
  for (const [index, wave] of waves.entries()) {
    const begun = wave.clusters.some(({ name }) => run.cluster(name).step !== undefined);
    if (wave.approval && !begun && !run.approvals.has(wave.name)) {
      if (wave.clusters.every(isSettled)) continue;
      return { kind: "end", outcome: "paused", reason: `wave ${wave.name} has to be approved` };
    }
    const parts = wave.canaries > 0 ? [wave.clusters.slice(0, wave.canaries), wave.clusters.slice(wave.canaries)] : [wave.clusters];
    for (const [number, part] of parts.entries()) {
      const open = part.filter((each) => !isSettled(each));
      if (open.length > 0) return beginSome(run, wave, open, now);
      const name = number < parts.length - 1 ? `${wave.name}: canaries` : wave.name;
      const isLast = index === waves.length - 1 && number === parts.length - 1;
      if (wave.bakeSeconds > 0 && !isLast && !run.baked.has(name)) return { kind: "bake", part: name, ms: wave.bakeSeconds * 1_000 };
    }
  }
  const all = [...run.clusters.values()].every(({ status }) => status === "done");
  return { kind: "end", outcome: all ? "done" : "failed" };
}

/** Begins what may begin of a part of a wave. */
function beginSome(run: FleetRun, wave: Wave, open: readonly FleetCluster[], { moment, uptime, capacity, retryAt }: Now): Decision {
  const running = run.running.length;
  const isDue = ({ name, after }: FleetCluster) =>
    run.cluster(name).status === "waiting" && after.every(({ cluster }) => run.cluster(cluster).status === "done");
  const { maintenance } = wave;
  const mayChange = maintenance === undefined || isOpen(maintenance, moment);
  const operations = open.filter(isDue).map(({ name }): Operation => {
    const cluster = run.cluster(name);
    return { cluster: name, step: run.nextStep(cluster), attempt: cluster.attempt + 1 };
  });
  // Who has been brought up is looked at, whatever the hour.
  const allowed = operations.filter(({ step }) => mayChange || step === "health");
  const ready = allowed.filter(({ cluster }) => (retryAt.get(cluster) ?? 0) <= uptime);
  const slots = Math.max(0, Math.min(wave.maxConcurrent ?? Number.POSITIVE_INFINITY, capacity) - running);
  if (ready.length > 0 && slots > 0) return { kind: "launch", operations: ready.slice(0, slots) };
  if (slots === 0) return { kind: "wait", reason: "as many are under way as may be" };
  const again = allowed.map(({ cluster }) => (retryAt.get(cluster) ?? 0) - uptime);
  if (again.length > 0) return { kind: "wait", ms: Math.min(...again), reason: "what failed for a time is tried again" };
  if (operations.length > 0 && maintenance !== undefined) {
    const opening = nextOpening(maintenance, moment);
    if (opening !== undefined)
      return { kind: "wait", ms: opening.getTime() - moment.getTime(), reason: `the maintenance window opens at ${opening.toISOString()}` };
    if (running === 0) return { kind: "end", outcome: "stopped", reason: `wave ${wave.name}: no maintenance window opens within a year` };
  }
  return { kind: "wait", reason: "what is under way ends first" };
}
