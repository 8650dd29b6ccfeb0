import { clusterNames, type FleetCluster, type FleetPlan, type Wave } from "./plan";
import type { Begun, FleetRecord, Outcome } from "./records";
import { CHANGING, type Step, stepsOf } from "./work";

/** One cluster of a run. */
export interface ClusterRun {
  readonly name: string;
  status: "waiting" | "running" | "done" | "failed" | "refused";
  /** What is under way, or was last. */
  step?: Step;
  /** Numbers its steps, each time that one is begun. */
  attempt: number;
  /** How often the step was begun since it was last gone on with, or somebody had it tried again. */
  tries: number;
  readonly finished: Set<Step>;
  /** Its stack may have been changed by this run: what was approved shows in no preview any more. */
  touched: boolean;
  reason?: string;
  /** When its first step began, and its last one ended. */
  since?: string;
  until?: string;
  /** The failure may pass by itself. */
  transient?: boolean;
}

/** How often a step is tried whose failure may pass by itself. */
export const ATTEMPTS = 3;

/** A run as its records tell of it, and nothing else. */
export class FleetRun {
  readonly clusters: ReadonlyMap<string, ClusterRun>;
  readonly approvals = new Set<string>();
  readonly baked = new Set<string>();
  cancelled = false;
  outcome: Outcome | undefined;

  constructor(readonly begun: Begun) {
    this.clusters = new Map(
      clusterNames(begun.plan).map((name) => [
        name,
        { name, status: "waiting", attempt: 0, tries: 0, finished: new Set<Step>(), touched: false } as ClusterRun,
      ]),
    );
  }

  /** The run that records tell of; undefined where none was begun. */
  static of([first, ...records]: readonly FleetRecord[]): FleetRun | undefined {
    if (first?.event !== "begun") return undefined;
    const run = new FleetRun(first);
    for (const record of records) run.apply(record);
    return run;
  }

  apply(record: FleetRecord): void {
    switch (record.event) {
      case "opened":
        this.cancelled = false;
        this.outcome = undefined;
        for (const cluster of this.clusters.values()) {
          cluster.tries = 0;
          if (cluster.status === "failed") cluster.status = "waiting";
          // Nobody knows what has changed meanwhile.
          if (!cluster.touched) cluster.finished.delete("preview");
        }
        break;
      case "approved":
        this.approvals.add(record.wave);
        break;
      case "baked":
        this.baked.add(record.part);
        break;
      case "cancelled":
        this.cancelled = true;
        break;
      case "finished":
        this.outcome = record.outcome;
        break;
      case "started": {
        const cluster = this.cluster(record.cluster);
        cluster.status = "running";
        cluster.step = record.step;
        cluster.since ??= record.at;
        cluster.attempt = record.attempt;
        cluster.tries += 1;
        if (CHANGING.has(record.step)) cluster.touched = true;
        break;
      }
      case "ended":
        this.end(record);
        break;
    }
  }

  cluster(name: string): ClusterRun {
    const found = this.clusters.get(name);
    if (found === undefined) throw new Error(`the run has no cluster ${name}`);
    return found;
  }

  /** What comes next for a cluster that waits. */
  nextStep({ name, finished, touched }: ClusterRun): Step {
    const step = stepsOf(this.begun, name).find((each) => !finished.has(each) && !(each === "preview" && touched));
    if (step === undefined) throw new Error("nothing is left to do");
    return step;
  }

  get running(): ClusterRun[] {
    return [...this.clusters.values()].filter(({ status }) => status === "running");
  }

  /** Why nothing may begin any more. */
  get stopped(): string | undefined {
    for (const wave of this.begun.plan.waves) {
      const failed: ClusterRun[] = [];
      for (const [index, { name }] of wave.clusters.entries()) {
        const cluster = this.cluster(name);
        if (cluster.status === "refused") return `${name}: ${cluster.reason}`;
        if (cluster.status !== "failed") continue;
        if (index < wave.canaries) return `the canary ${name} failed: ${cluster.reason}`;
        failed.push(cluster);
      }
      if (failed.length > wave.maxFailures) {
        const names = failed.map(({ name, reason }) => `${name} (${reason})`).join(", ");
        return `wave ${wave.name}: ${failed.length} failed, ${wave.maxFailures} may: ${names}`;
      }
    }
    return undefined;
  }

  /** Those that cannot be begun, because something that they come after has failed. */
  blocked(): ReadonlySet<string> {
    const blocked = new Set<string>();
    for (const { clusters } of this.begun.plan.waves)
      for (const { name, after } of clusters)
        if (after.some((each) => blocked.has(each.cluster) || this.cluster(each.cluster).status === "failed")) blocked.add(name);
    return blocked;
  }

  private end(record: Extract<FleetRecord, { event: "ended" }>): void {
    const cluster = this.cluster(record.cluster);
    const { outcome, reason = "it did not say why", step, fingerprint, transient = false } = record;
    cluster.status = "waiting";
    cluster.reason = reason;
    cluster.transient = transient;
    cluster.until = record.at;
    if (outcome === "unknown") return;
    if (outcome === "failed") {
      if (!transient || cluster.tries >= ATTEMPTS) cluster.status = "failed";
      return;
    }
    delete cluster.reason;
    cluster.tries = 0;
    if (step === "preview" && fingerprint !== this.begun.approved[cluster.name]) {
      cluster.status = "refused";
      cluster.reason = "its preview is another one than was approved";
      return;
    }
    cluster.finished.add(step);
    const steps = stepsOf(this.begun, cluster.name);
    if (steps.every((each) => cluster.finished.has(each) || (each === "preview" && cluster.touched))) cluster.status = "done";
  }
}

/** A plan the other way round, as a destroy takes it: nothing goes before what comes after it, and nothing is waited for. */
export function reversed(plan: FleetPlan): FleetPlan {
  const after = new Map<string, FleetCluster["after"][number][]>();
  for (const { clusters } of plan.waves)
    for (const { name, after: before } of clusters)
      for (const { cluster, reason } of before) after.set(cluster, [...(after.get(cluster) ?? []), { cluster: name, reason }]);
  const waves = plan.waves.toReversed().map(({ clusters, ...wave }): Wave => {
    const turned = clusters.toReversed().map(({ name }) => ({ name, after: after.get(name) ?? [] }));
    return { ...wave, clusters: turned, canaries: 0, bakeSeconds: 0, approval: false };
  });
  return { ...plan, waves, health: {} };
}
