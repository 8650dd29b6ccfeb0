import { setTimeout as pause } from "node:timers/promises";
import type { Kysely, Transaction } from "kysely";
import type { Step } from "../../model/fleet/work";
import type { OperationKind, Tables } from "../data/tables";
import { NO_TRACES, type SpanOptions, spanned } from "../trace/traces";
import { attemptOf, listened } from "./attempt";
import { askedApprovals } from "./plan";
import { keepPlan, outlived } from "./plans";
import type { StepEnded } from "./result";
import type { Operation, Runner, Turn, WorkParts } from "./types";

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
const UNKNOWN: StepEnded = { outcome: "unknown" };
/** What may pass by itself is tried so often, and waited for in between. */
const TRIES = 3;

/** A step that has come to its end, and the operation as it is then. */
interface Carried {
  readonly operation: Operation;
  /** Another one, once other approvals were given. */
  readonly runner: Runner;
  readonly ended: StepEnded;
}

/** How an operation is gone on with this time. */
export interface CourseSettings {
  /** The term in which it is followed: nothing is written down of it in another. */
  readonly term: number;
  /** Where its results lie. */
  readonly results: string;
  /** Ends it before its next step. */
  readonly signal: AbortSignal;
  readonly retryMs: number;
}

/** Carries one operation out, from wherever it is to its end, or to where it waits for an approval. */
export class Course {
  constructor(
    private readonly parts: WorkParts,
    private readonly settings: CourseSettings,
  ) {}

  /** @throws LeadershipLostError where another service leads by now, and the signal's reason */
  async carryOut(found: Operation): Promise<void> {
    const attributes = { "kpaas.operation": found.id, "kpaas.kind": found.kind };
    const parent = found.trace ?? undefined;
    await this.traced(`operation ${found.kind}`, { parent, attributes }, () => this.goOn(found));
  }

  private async goOn(found: Operation): Promise<void> {
    // Of one that another service has begun too: what that one has pushed has to be here before the next step.
    const newest = await this.parts.commitOf(found.environment);
    const begun = found.state === "waiting" ? await this.begin(found, found.file ?? newest) : found;
    // Somebody has cancelled it in that moment.
    if (begun === undefined) return;
    let operation = begun;
    const { plan, all } = STEPS[operation.kind];
    const planning = isPlanned(operation);
    const steps = planning ? plan : all;
    let runner = await this.parts.runner(operation, this.settings.results);
    // The step that was begun is asked for first, and is begun anew only where nobody knows how it ended.
    let inherited = operation.step !== null;
    for (const step of steps.slice(operation.step === null ? 0 : Math.max(0, steps.indexOf(operation.step)))) {
      const carried = await this.carry(operation, step, runner, inherited);
      if (carried === undefined) return;
      inherited = false;
      ({ operation, runner } = carried);
      const printed = runner.printed(attemptOf(operation, step));
      const planned = { step, printed, fingerprint: carried.ended.fingerprint };
      if (plan.includes(step) && (operation.kind === "preview" || planning))
        await this.within((transaction) => keepPlan(carried.operation, planned, transaction));
      else if (plan.includes(step) && operation.needsApproval) {
        const reason = await outlived(operation, planned, this.parts.database.query);
        if (reason !== undefined) return await this.fail(operation, step, reason);
      }
      const { result } = carried.ended;
      operation = await this.turn(operation, result === undefined ? {} : { result: JSON.stringify(result) }, { kind: "stepped", step });
    }
    if (planning) return await this.wait(operation);
    if (operation.removeFile) await this.parts.removeFile(operation);
    await this.turn(operation, { state: "done", ended: new Date() }, { kind: "done" });
  }

  /** Brings a step to its end, by as many attempts as it takes; undefined where the operation has ended instead. */
  private async carry(found: Operation, step: Step, known: Runner, inherited: boolean): Promise<Carried | undefined> {
    const { results, signal, retryMs } = this.settings;
    let [operation, runner] = [found, known];
    let ended = inherited ? await this.inherited(operation, step, runner) : UNKNOWN;
    for (let tries = 1; ; tries++) {
      if (ended.outcome === "unknown") {
        signal.throwIfAborted();
        operation = await this.attempted(operation, step);
        const outdated = await this.outdated(operation);
        if (operation.cancelledBy !== null || outdated !== undefined) await this.parts.steps.abandon(operation.id, operation.attempt);
        if (operation.cancelledBy !== null) return await this.cancelled(operation);
        if (outdated !== undefined) return await this.fail(operation, step, outdated);
        const attributes = { "kpaas.operation": operation.id, "kpaas.step": step, "kpaas.attempt": operation.attempt };
        const [begun, by] = [operation, runner];
        ended = await this.traced(`step ${step}`, { attributes }, () => this.launch(begun, step, by));
      }
      signal.throwIfAborted();
      const printed = runner.printed(attemptOf(operation, step));
      if (ended.outcome === "done" || (step === "health" && /"healthy"/.test(printed))) return { operation, runner, ended };
      const approvals = ended.outcome === "failed" ? askedOf(operation, step, printed) : undefined;
      if (approvals !== undefined) {
        // What it would do is looked at as if that was agreed to; the plan then says that it has to be.
        operation = await this.within((transaction) => update(transaction, operation, { approvals }));
        runner = await this.parts.runner(operation, results);
        tries = 0;
      } else if (ended.outcome === "failed" && (!ended.transient || tries >= TRIES))
        return await this.fail(operation, step, ended.reason ?? "it failed");
      else await pause(retryMs * tries, undefined, { signal, ref: false });
      ended = UNKNOWN;
    }
  }

  /** How the step that was begun earlier has ended, once it has. */
  private async inherited(operation: Operation, step: Step, runner: Runner): Promise<StepEnded> {
    const ended = await this.parts.steps.endOf(operation.id, operation.attempt, this.settings.signal);
    // What is read of a step lies where it was printed: of another place it is printed here anew, where that changes nothing.
    const planned = operation.kind === "preview" || operation.needsApproval;
    const read = STEPS[operation.kind].plan.includes(step) ? planned : READING.includes(step);
    return read && runner.printed(attemptOf(operation, step)) === "" ? UNKNOWN : ended;
  }

  /** Begins one that waits; undefined where it does not wait any more. */
  private async begin(operation: Operation, file: string): Promise<Operation | undefined> {
    return await this.within(async (transaction) => {
      const begun = await transaction
        .updateTable("operations")
        .set({ state: "running", started: new Date(), file })
        .where("id", "=", operation.id)
        .where("state", "=", "waiting")
        .returningAll()
        .executeTakeFirst();
      if (begun !== undefined) await this.parts.turned(begun, { kind: "begun" }, transaction);
      return begun;
    });
  }

  private async fail(operation: Operation, step: Step, reason: string): Promise<undefined> {
    await this.turn(operation, { state: "failed", reason, ended: new Date() }, { kind: "failed", step, reason });
  }

  private async cancelled(operation: Operation): Promise<undefined> {
    await this.turn(operation, { state: "cancelled", ended: new Date() }, { kind: "cancelled" });
  }

  /** Has it wait for an approval, unless somebody has asked for its end meanwhile. */
  private async wait(operation: Operation): Promise<void> {
    const planned = await this.within(async (transaction) => {
      const waiting = transaction.updateTable("operations").set({ state: "planned" }).where("id", "=", operation.id);
      const now = await waiting.where("cancelledBy", "is", null).returningAll().executeTakeFirst();
      if (now !== undefined) await this.parts.turned(now, { kind: "planned" }, transaction);
      return now;
    });
    if (planned === undefined) await this.cancelled(operation);
  }

  /** Why what was approved is not what would be done any more, by the file. */
  private async outdated(operation: Operation): Promise<string | undefined> {
    if (!operation.needsApproval || isPlanned(operation)) return undefined;
    const now = await this.parts.commitOf(operation.environment);
    return now === operation.file
      ? undefined
      : "its file was changed since the plan was approved: ask for another operation, and look at its plan";
  }

  private traced<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
    return spanned(this.parts.traces ?? NO_TRACES, name, options, work);
  }

  /** Writes down what has become of it, with what follows from that. */
  private async turn(operation: Operation, change: Partial<Operation>, turn: Turn): Promise<Operation> {
    return await this.within(async (transaction) => {
      const now = await update(transaction, operation, change);
      await this.parts.turned(now, turn, transaction);
      return now;
    });
  }

  /** Writes down the attempt that is begun next. */
  private async attempted(operation: Operation, step: Step): Promise<Operation> {
    const attempt = operation.attempt + 1;
    return await this.within(async (transaction) => {
      await this.parts.steps.begin(transaction, operation.id, attempt, step);
      return await update(transaction, operation, { step, attempt });
    });
  }

  /** A transaction in the term in which it is followed. @throws LeadershipLostError */
  private async within<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
    const { database, leadership } = this.parts;
    return await database.query.transaction().execute(async (transaction) => {
      await leadership.fence(transaction, this.settings.term);
      return await work(transaction);
    });
  }

  private async launch(operation: Operation, step: Step, runner: Runner): Promise<StepEnded> {
    const { database, leadership, steps } = this.parts;
    const { id, attempt } = operation;
    try {
      // It may have been stopped for a while since that was written down, and another one may have gone on.
      leadership.require(this.settings.term);
    } catch (error) {
      await steps.abandon(id, attempt);
      throw error;
    }
    const run = () => runner.launch(attemptOf(operation, step));
    return await steps.watch(id, attempt, listened(database.query, operation, step, runner, run));
  }
}

/** Whether it is planned alone this time, and then waits. */
function isPlanned({ needsApproval, approvedBy }: Operation): boolean {
  return needsApproval && approvedBy === null;
}

/** What it is previewed with besides, where it was refused for lack of approvals that could be given; undefined where it was not. */
function askedOf(operation: Operation, step: Step, printed: string): string | undefined {
  const { kind, approvedBy } = operation;
  if (kind === "destroy" || approvedBy || !STEPS[kind].plan.includes(step)) return undefined;
  const given: string[] = JSON.parse(operation.approvals);
  const asked = askedApprovals(printed) ?? [];
  return asked.every((each) => given.includes(each)) ? undefined : JSON.stringify([...new Set([...given, ...asked])]);
}

/** Changes its row, and gives it as it is then: somebody may have asked for its end meanwhile. */
async function update(database: Kysely<Tables>, operation: Operation, change: Partial<Operation>): Promise<Operation> {
  const { started, ended, created: _, approved: __, ...rest } = change;
  const values = { ...rest, ...(started ? { started } : {}), ...(ended ? { ended } : {}) };
  if (Object.keys(values).length === 0) return operation;
  const row = await database.updateTable("operations").set(values).where("id", "=", operation.id).returningAll().executeTakeFirst();
  return row ?? { ...operation, ...change };
}
