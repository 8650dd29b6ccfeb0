import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Kysely, Transaction } from "kysely";
import { Children, type ChildSettings } from "../../fleet/children";
import { makeFolder, PRIVATE_FOLDER } from "../../host/files";
import type { Ended } from "../../model/fleet/records";
import type { Step } from "../../model/fleet/work";
import type { Database } from "../data/database";
import type { OperationKind, Row, Tables } from "../data/tables";
import { type Log, whatFailed } from "../http/log";
import { HttpProblem } from "../http/problem";
import { type Leadership, LeadershipLostError } from "./leadership";
import { Lines } from "./lines";
import { askedApprovals, lossFingerprint, planDigest, planOfLoss, planOfPreview } from "./plan";
import { resultOf } from "./result";
import type { Steps } from "./steps";

export type Operation = Row<"operations">;

/** What somebody asks for. */
export interface Wanted extends Pick<Operation, "environment" | "kind" | "askedBy" | "cluster"> {
  readonly labels?: Readonly<Record<string, string>>;
  readonly title?: string;
  /** Dangerous changes that its plan is looked at with: `KEY:ACTION`, or bound to a plan. */
  readonly approvals?: readonly string[];
  /** @default false: it is carried out at once */
  readonly needsApproval?: boolean;
  readonly removeFile?: boolean;
}

/** What has become of an operation. */
export type Turn =
  | { readonly kind: "asked" | "begun" | "planned" | "approved" | "retried" | "done" }
  | { readonly kind: "stepped"; readonly step: Step }
  | { readonly kind: "failed"; readonly step: Step | undefined; readonly reason: string }
  | { readonly kind: "rejected" | "cancelled"; readonly reason?: string };

/** What runs steps. */
export type Runner = Pick<Children, "launch" | "look" | "printed" | "said">;

/** What operations need of the rest. */
export interface WorkParts {
  readonly database: Database;
  readonly log: Log;
  /** Whether it is this service that carries out. */
  readonly leadership: Pick<Leadership, "term" | "fence" | "require">;
  /** What tells of steps from place to place. */
  readonly steps: Steps;
  /** Where each operation's results lie. */
  readonly folder: string;
  /** How many are under way at once. */
  readonly capacity: () => number;
  /** Whoever runs the steps of one, in an environment with its credentials. @param results where it leaves what they say */
  runner(operation: Operation, results: string): Promise<Runner>;
  /** Told of each turn, within the piece of work that writes it down: it happens with it or not at all. */
  turned(operation: Operation, turn: Turn, within: Kysely<Tables>): Promise<void>;
  /** Called after the end of each, whatever came of it. */
  ended(): Promise<void>;
  /** The newest commit of an environment's file and lock. */
  commitOf(environment: string): Promise<string>;
  /** What a destroy does last, where it was asked for: takes the environment's file away. */
  removeFile(operation: Operation): Promise<void>;
}

/** What each kind is done by, in order: to plan it, and to do it. */
const STEPS: Readonly<Record<OperationKind, { readonly plan: readonly Step[]; readonly all: readonly Step[] }>> = {
  preview: { plan: ["preview"], all: ["preview"] },
  up: { plan: ["preview"], all: ["preview", "up"] },
  destroy: { plan: ["loss"], all: ["loss", "destroy"] },
  drift: { plan: [], all: ["drift"] },
  refresh: { plan: [], all: ["refresh"] },
  health: { plan: [], all: ["health"] },
};
/** Steps that change nothing, and of which only what they print counts. */
const READING: readonly Step[] = ["drift", "health"];
/** Those that change an environment. */
export const CHANGING: readonly OperationKind[] = ["up", "destroy"];
/** What may pass by itself is tried so often, and waited for in between. */
const TRIES = 3;
/** Of one environment there is one of these at a time. */
export const OPEN: readonly Operation["state"][] = ["waiting", "running", "planned"];
const RETRY_MS = 20_000;

/**
 * Does operations, each step as a command in a process of its own that outlives the service. What was under way when the service ended, however it
 * ended, is waited for, and gone on with, by the next one.
 */
export class Work {
  private readonly under = new Map<string, Promise<void>>();
  /** By operation, in which term it is followed: nothing is written down of it in another. */
  private readonly terms = new Map<string, number>();
  private readonly stopped = new AbortController();

  constructor(
    private readonly parts: WorkParts,
    private readonly retryMs = RETRY_MS,
  ) {}

  /**
   * Writes down that an operation is wanted. It begins once the work that it belongs to is done and {@link wake} is called.
   * @throws HttpProblem where one of that environment is under way
   */
  async ask(wanted: Wanted, within: Kysely<Tables>): Promise<Operation> {
    const { approvals = [], labels = {}, title = null, removeFile = false, needsApproval = false, ...rest } = wanted;
    const operation = await within
      .insertInto("operations")
      .values({
        ...{
          id: randomUUID(),
          state: "waiting",
          step: null,
          reason: null,
          file: null,
          approvedBy: null,
          rejectedBy: null,
          cancelledBy: null,
        },
        ...{
          result: null,
          title,
          removeFile,
          needsApproval,
          labels: JSON.stringify(labels),
          approvals: JSON.stringify(approvals),
          ...rest,
        },
      })
      .onConflict((same) => same.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (operation === undefined) {
      const open = await within
        .selectFrom("operations")
        .select(["id", "state"])
        .where("environment", "=", wanted.environment)
        .where("state", "in", OPEN)
        .executeTakeFirst();
      const what =
        open?.state === "planned" ? "waits for an approval: approve, reject or cancel it first" : "is under way: wait for its end";
      throw new HttpProblem("conflict", `an operation of ${wanted.environment}${open === undefined ? "" : ` (${open.id})`} ${what}`);
    }
    await this.parts.turned(operation, { kind: "asked" }, within);
    return operation;
  }

  /** Begins what waits, and goes on with what an earlier service has left under way; where another service leads, that one does. */
  async wake(): Promise<void> {
    if (this.stopped.signal.aborted) return;
    await this.adopt();
    const { term } = this.parts.leadership;
    if (term === undefined) return;
    const open = await this.parts.database.query
      .selectFrom("operations")
      .selectAll()
      .where("state", "in", ["waiting", "running"])
      // Those under way first: they are, whether there is room for them or not.
      .orderBy("state")
      .orderBy("created")
      .execute();
    for (const operation of open) {
      if (this.under.has(operation.id)) continue;
      if (operation.state === "waiting" && this.under.size >= this.parts.capacity()) continue;
      this.terms.set(operation.id, term);
      this.under.set(operation.id, this.follow(operation));
    }
  }

  /** Follows the processes that an earlier service of this folder has left, and tells whoever leads how they end. */
  private async adopt(): Promise<void> {
    for (const { operation: id, attempt, step } of await this.parts.steps.left()) {
      // What is followed here was left by nobody: its step is about to begin.
      if (this.under.has(id)) continue;
      const operation = await this.parts.database.query.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
      const runner = await this.parts.runner(operation, this.resultsOf(id));
      const looked = () => runner.look({ cluster: operation.environment, step, attempt });
      const ended = this.listened({ ...operation, attempt }, runner, step, looked);
      this.parts.steps.watch(id, attempt, ended).catch((error: unknown) => this.failed(id, error));
    }
  }

  /** Begins nothing new. What is under way goes on without the service. */
  stop(): void {
    this.stopped.abort();
  }

  /** Resolves once nothing is under way. */
  async idle(): Promise<void> {
    while (this.under.size > 0) await Promise.all(this.under.values());
  }

  private async follow(operation: Operation): Promise<void> {
    try {
      await this.carryOut(operation);
      await this.parts.ended();
    } catch (error) {
      // Its database may be gone: it is written down as under way, and is gone on with.
      this.failed(operation.id, error);
    } finally {
      this.under.delete(operation.id);
    }
    await this.wake().catch((error: unknown) => this.failed(operation.id, error));
  }

  private failed(id: string, error: unknown): void {
    if (this.stopped.signal.aborted) return;
    if (error instanceof LeadershipLostError) this.parts.log.warn("left to another service", { operation: id });
    else this.parts.log.failure(id, whatFailed(error));
  }

  private resultsOf(id: string): string {
    return join(this.parts.folder, id);
  }

  private async carryOut(found: Operation): Promise<void> {
    const results = this.resultsOf(found.id);
    makeFolder(results, PRIVATE_FOLDER);
    const begun = found.state === "waiting" ? await this.begin(found) : found;
    // Somebody has cancelled it in that moment.
    if (begun === undefined) return;
    let operation = begun;
    const { plan, all } = STEPS[operation.kind];
    const planning = operation.needsApproval && operation.approvedBy === null;
    const steps = planning ? plan : all;
    let runner = await this.parts.runner(operation, results);
    // The step that was begun is asked for first, and is begun anew only where nobody knows how it ended.
    let inherited = operation.step !== null;
    for (const step of steps.slice(operation.step === null ? 0 : Math.max(0, steps.indexOf(operation.step)))) {
      let ended: Ended = { outcome: "unknown" };
      for (let tries = 1; ; tries++) {
        const at = { cluster: operation.environment, step };
        ended = { outcome: "unknown" };
        if (inherited) ended = await this.parts.steps.endOf(operation.id, operation.attempt, this.stopped.signal);
        // What is read of a step lies where it was printed: of another place it is printed here anew, where that changes nothing.
        const looksAt = plan.includes(step) ? operation.kind === "preview" || operation.needsApproval : READING.includes(step);
        if (inherited && looksAt && runner.printed({ ...at, attempt: operation.attempt }) === "") ended = { outcome: "unknown" };
        inherited = false;
        if (ended.outcome === "unknown") {
          this.stopped.signal.throwIfAborted();
          operation = await this.attempted(operation, step);
          const outdated = planning ? undefined : await this.outdated(operation);
          if (operation.cancelledBy !== null || outdated !== undefined) await this.parts.steps.abandon(operation.id, operation.attempt);
          if (operation.cancelledBy !== null) return await this.cancelled(operation);
          if (outdated !== undefined) return await this.fail(operation, step, outdated);
          ended = await this.launch(operation, step, runner);
        }
        this.stopped.signal.throwIfAborted();
        const told = { ...at, attempt: operation.attempt };
        if (ended.outcome === "done" || (step === "health" && /"healthy"/.test(runner.printed(told)))) break;
        const asked = plan.includes(step) && !operation.approvedBy ? askedApprovals(runner.printed(told)) : undefined;
        const given: string[] = JSON.parse(operation.approvals);
        if (ended.outcome === "failed" && operation.kind !== "destroy" && asked?.some((each) => !given.includes(each))) {
          // What it would do is looked at as if that was agreed to; the plan then says that it has to be.
          operation = await this.note(operation, { approvals: JSON.stringify([...new Set([...given, ...asked])]) });
          runner = await this.parts.runner(operation, results);
          tries = 0;
          continue;
        }
        if (ended.outcome === "failed" && (!ended.transient || tries >= TRIES))
          return await this.fail(operation, step, ended.reason ?? "it failed");
        await this.pause(this.retryMs * tries);
      }
      const told = { cluster: operation.environment, step, attempt: operation.attempt };
      const printed = runner.printed(told);
      if (plan.includes(step) && (operation.kind === "preview" || planning))
        await this.keepPlan(operation, step, printed, ended.fingerprint);
      else if (plan.includes(step) && operation.needsApproval) {
        const differs = await this.differs(operation, step === "loss" ? lossFingerprint(printed) : ended.fingerprint);
        if (differs) return await this.fail(operation, step, differs);
      }
      const result = resultOf(step, printed);
      operation = await this.turn(operation, result === undefined ? {} : { result: JSON.stringify(result) }, { kind: "stepped", step });
    }
    if (planning) {
      operation = await this.note(operation, { step: operation.step });
      if (operation.cancelledBy !== null) return await this.cancelled(operation);
      await this.turn(operation, { state: "planned" }, { kind: "planned" });
    } else {
      if (operation.removeFile) await this.parts.removeFile(operation);
      await this.turn(operation, { state: "done", ended: new Date() }, { kind: "done" });
    }
  }

  /** Begins one that waits; undefined where it does not wait any more. */
  private async begin(operation: Operation): Promise<Operation | undefined> {
    const file = operation.file ?? (await this.parts.commitOf(operation.environment));
    return await this.within(operation, async (transaction) => {
      const now = await transaction
        .updateTable("operations")
        .set({ state: "running", started: new Date(), file })
        .where("id", "=", operation.id)
        .where("state", "=", "waiting")
        .returningAll()
        .executeTakeFirst();
      if (now !== undefined) await this.parts.turned(now, { kind: "begun" }, transaction);
      return now;
    });
  }

  private async fail(operation: Operation, step: Step, reason: string): Promise<void> {
    await this.turn(operation, { state: "failed", reason, ended: new Date() }, { kind: "failed", step, reason });
  }

  private async cancelled(operation: Operation): Promise<void> {
    await this.turn(operation, { state: "cancelled", ended: new Date() }, { kind: "cancelled" });
  }

  /** Why what was approved is not what would be done any more, by the file. */
  private async outdated({ environment, file, needsApproval }: Operation): Promise<string | undefined> {
    if (!needsApproval) return undefined;
    const now = await this.parts.commitOf(environment);
    return now === file ? undefined : "its file was changed since the plan was approved: ask for another operation, and look at its plan";
  }

  /** The same by what its preview shows. */
  private async differs({ id }: Operation, fingerprint: string | undefined): Promise<string | undefined> {
    const { query } = this.parts.database;
    const row = await query.selectFrom("plans").select("fingerprint").where("operation", "=", id).executeTakeFirst();
    if (row?.fingerprint === fingerprint) return undefined;
    return "what it would do is another by now than was approved, for what stands has changed: ask for another operation, and look at its plan";
  }

  private async keepPlan(operation: Operation, step: Step, printed: string, fingerprint = ""): Promise<void> {
    const { id, environment, kind, file } = operation;
    const subject = { operation: id, environment, kind, commit: file ?? "" };
    const plan = step === "loss" ? planOfLoss(subject, printed) : planOfPreview(subject, printed, fingerprint);
    const row = { digest: planDigest(plan), fingerprint: plan.fingerprint, plan: JSON.stringify(plan), made: new Date() };
    await this.within(operation, async (transaction) => {
      await transaction
        .insertInto("plans")
        .values({ operation: id, ...row })
        .onConflict((same) => same.column("operation").doUpdateSet(row))
        .execute();
    });
  }

  /** Keeps what a step says while it runs. */
  private async listened(operation: Operation, runner: Runner, step: Step, work: () => Promise<Ended>): Promise<Ended> {
    const lines = new Lines(this.parts.database.query, operation.id, step, operation.attempt);
    const told = { cluster: operation.environment, step, attempt: operation.attempt };
    return await lines.during(work, () => runner.said(told));
  }

  /** Writes down what has become of an operation, with what follows from that. */
  private async turn(operation: Operation, change: Partial<Operation>, turn: Turn): Promise<Operation> {
    return await this.within(operation, async (transaction) => {
      const now = await update(transaction, operation, change);
      await this.parts.turned(now, turn, transaction);
      return now;
    });
  }

  /** Writes something down of it, and gives it as it is then. */
  private async note(operation: Operation, change: Partial<Operation>): Promise<Operation> {
    return await this.within(operation, (transaction) => update(transaction, operation, change));
  }

  /** Writes down the attempt that is begun next. */
  private async attempted(operation: Operation, step: Step): Promise<Operation> {
    const attempt = operation.attempt + 1;
    return await this.within(operation, async (transaction) => {
      await this.parts.steps.begin(transaction, operation.id, attempt, step);
      return await update(transaction, operation, { step, attempt });
    });
  }

  /** A transaction in the term in which an operation is followed. @throws LeadershipLostError */
  private async within<T>({ id }: Operation, work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
    return await this.parts.database.query.transaction().execute(async (transaction) => {
      await this.parts.leadership.fence(transaction, this.terms.get(id) ?? 0);
      return await work(transaction);
    });
  }

  private async launch(operation: Operation, step: Step, runner: Runner): Promise<Ended> {
    const { leadership, steps } = this.parts;
    const { id, environment: cluster, attempt } = operation;
    try {
      // It may have been stopped for a while since that was written down, and another one may have gone on.
      leadership.require(this.terms.get(id) ?? 0);
    } catch (error) {
      await steps.abandon(id, attempt);
      throw error;
    }
    return await steps.watch(
      id,
      attempt,
      this.listened(operation, runner, step, () => runner.launch({ cluster, step, attempt })),
    );
  }

  private async pause(ms: number): Promise<void> {
    const { signal } = this.stopped;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener("abort", () => resolve(), { once: true });
      timer.unref();
    });
    signal.throwIfAborted();
  }
}

/** Changes its row, and gives it as it is then: somebody may have asked for its end meanwhile. */
async function update(database: Kysely<Tables>, operation: Operation, change: Partial<Operation>): Promise<Operation> {
  const { started, ended, created: _, approved: __, ...rest } = change;
  const values = { ...rest, ...(started ? { started } : {}), ...(ended ? { ended } : {}) };
  if (Object.keys(values).length === 0) return operation;
  const row = await database.updateTable("operations").set(values).where("id", "=", operation.id).returningAll().executeTakeFirst();
  return row ?? { ...operation, ...change };
}

/** Runs steps as commands. */
export function commandsIn(settings: Omit<ChildSettings, "health">): Runner {
  return new Children({ ...settings, health: {} });
}
