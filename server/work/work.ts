import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Kysely, Transaction } from "kysely";
import { Children, type ChildSettings } from "../../fleet/children";
import { makeFolder, PRIVATE_FOLDER } from "../../host/files";
import type { Ended } from "../../model/fleet/records";
import type { Step } from "../../model/fleet/work";
import type { Database } from "../data/database";
import type { Row, Tables } from "../data/tables";
import { type Log, whatFailed } from "../http/log";
import { HttpProblem } from "../http/problem";
import { type Leadership, LeadershipLostError } from "./leadership";
import type { BegunStep, Steps } from "./steps";

export type Operation = Row<"operations">;

/** What has become of an operation. */
export type Turn =
  | { readonly kind: "begun" }
  | { readonly kind: "stepped"; readonly step: Step }
  | { readonly kind: "failed"; readonly step: Step | undefined; readonly reason: string }
  | { readonly kind: "done" };

/** What runs steps. */
export type Runner = Pick<Children, "launch" | "look">;

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
  turned(operation: Operation, turn: Turn, within: Transaction<Tables>): Promise<void>;
  /** Called after the end of each, whatever came of it. */
  ended(): Promise<void>;
}

/** What each kind is done by, in order. */
const STEPS = { up: ["preview", "up"], destroy: ["destroy"] } as const;
/** What may pass by itself is tried so often, and waited for in between. */
const TRIES = 3;
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
  async ask(wanted: Pick<Operation, "environment" | "kind" | "askedBy" | "cluster">, within: Kysely<Tables>): Promise<Operation> {
    const operation = await within
      .insertInto("operations")
      .values({ id: randomUUID(), state: "waiting", step: null, reason: null, ...wanted })
      .onConflict((same) => same.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (operation === undefined) throw new HttpProblem("conflict", `an operation of ${wanted.environment} is under way: wait for its end`);
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
      const operation = await this.parts.database.query.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
      const runner = await this.parts.runner(operation, this.resultsOf(id));
      const ended = runner.look({ cluster: operation.environment, step, attempt });
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
    let operation = found;
    const results = this.resultsOf(operation.id);
    makeFolder(results, PRIVATE_FOLDER);
    if (operation.state === "waiting") operation = await this.turn(operation, { state: "running", started: new Date() }, { kind: "begun" });
    const runner = await this.parts.runner(operation, results);
    const steps: readonly ("preview" | "up" | "destroy")[] = STEPS[operation.kind];
    // The step that was begun is asked for first, and is begun anew only where nobody knows how it ended.
    let inherited = operation.step !== null;
    for (const step of steps.slice(operation.step === null ? 0 : steps.indexOf(operation.step))) {
      for (let tries = 1; ; tries++) {
        let ended: Ended = { outcome: "unknown" };
        if (inherited) ended = await this.parts.steps.endOf(operation.id, operation.attempt, this.stopped.signal);
        inherited = false;
        if (ended.outcome === "unknown") {
          this.stopped.signal.throwIfAborted();
          operation = await this.note(operation, { step, attempt: operation.attempt + 1 });
          ended = await this.launch(operation, step, runner);
        }
        this.stopped.signal.throwIfAborted();
        if (ended.outcome === "done") break;
        if (ended.outcome === "failed" && (!ended.transient || tries >= TRIES)) {
          const reason = ended.reason ?? "it failed";
          await this.turn(operation, { state: "failed", reason, ended: new Date() }, { kind: "failed", step, reason });
          return;
        }
        await this.pause(this.retryMs * tries);
      }
      operation = await this.turn(operation, {}, { kind: "stepped", step });
    }
    await this.turn(operation, { state: "done", ended: new Date() }, { kind: "done" });
  }

  /** Writes down what has become of an operation, with what follows from that. */
  private async turn(operation: Operation, change: Partial<Operation>, turn: Turn): Promise<Operation> {
    return await this.within(operation, async (transaction) => {
      const now = await update(transaction, operation, change);
      await this.parts.turned(now, turn, transaction);
      return now;
    });
  }

  /** Writes down the attempt that is begun next. */
  private async note(
    operation: Operation,
    change: Pick<BegunStep, "attempt"> & { readonly step: NonNullable<Operation["step"]> },
  ): Promise<Operation> {
    return await this.within(operation, async (transaction) => {
      await this.parts.steps.begin(transaction, operation.id, change.attempt, change.step);
      return await update(transaction, operation, change);
    });
  }

  /** A transaction in the term in which an operation is followed. @throws LeadershipLostError */
  private async within<T>({ id }: Operation, work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
    return await this.parts.database.query.transaction().execute(async (transaction) => {
      await this.parts.leadership.fence(transaction, this.terms.get(id) ?? 0);
      return await work(transaction);
    });
  }

  private async launch({ id, environment, attempt }: Operation, step: Step, runner: Runner): Promise<Ended> {
    const { leadership, steps } = this.parts;
    try {
      // It may have been stopped for a while since that was written down, and another one may have gone on.
      leadership.require(this.terms.get(id) ?? 0);
    } catch (error) {
      await steps.abandon(id, attempt);
      throw error;
    }
    return await steps.watch(id, attempt, runner.launch({ cluster: environment, step, attempt }));
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

async function update(database: Kysely<Tables>, operation: Operation, change: Partial<Operation>): Promise<Operation> {
  const { started, ended, created: _, ...rest } = change;
  const values = { ...rest, ...(started ? { started } : {}), ...(ended ? { ended } : {}) };
  if (Object.keys(values).length > 0) await database.updateTable("operations").set(values).where("id", "=", operation.id).execute();
  return { ...operation, ...change };
}

/** Runs steps as commands. */
export function commandsIn(settings: Omit<ChildSettings, "health" | "approvals">): Runner {
  return new Children({ ...settings, health: {}, approvals: {} });
}
