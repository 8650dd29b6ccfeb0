import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { Children, type ChildSettings } from "../../fleet/children";
import { makeFolder, PRIVATE_FOLDER } from "../../host/files";
import type { Tables } from "../data/tables";
import { whatFailed } from "../http/log";
import { HttpProblem } from "../http/problem";
import { attemptOf, listened } from "./attempt";
import { Course } from "./course";
import { LeadershipLostError } from "./leadership";
import { OPEN, type Operation, type Runner, type Wanted, type WorkParts } from "./types";

/** What may pass by itself is waited for so long, and longer each time. */
const RETRY_MS = 20_000;

/**
 * Does operations, each step as a command in a process of its own that outlives the service. What was under way when the service ended, however it
 * ended, is waited for, and gone on with, by the next one.
 */
export class Work {
  private readonly under = new Map<string, Promise<void>>();
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
          trace: this.parts.traces?.current() ?? null,
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
      this.under.set(operation.id, this.follow(operation, term));
    }
  }

  /** Follows the processes that an earlier service of this folder has left, and tells whoever leads how they end. */
  private async adopt(): Promise<void> {
    for (const { operation: id, attempt, step } of await this.parts.steps.left()) {
      // What is followed here was left by nobody: its step is about to begin.
      if (this.under.has(id)) continue;
      const operation = await this.parts.database.query.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
      const runner = await this.parts.runner(operation, this.resultsOf(id));
      const left = { ...operation, attempt };
      const ended = listened(this.parts.database.query, left, step, runner, () => runner.look(attemptOf(left, step)));
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

  private async follow(operation: Operation, term: number): Promise<void> {
    try {
      const results = this.resultsOf(operation.id);
      makeFolder(results, PRIVATE_FOLDER);
      const course = new Course(this.parts, { term, results, signal: this.stopped.signal, retryMs: this.retryMs });
      await course.carryOut(operation);
      await this.parts.ended();
    } catch (error) {
      // Its database or its repository may be gone: it is gone on with when it is looked the next time what waits, and not at once.
      this.failed(operation.id, error);
      return;
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
}

/** Runs steps as commands. */
export function commandsIn(settings: Omit<ChildSettings, "health">): Runner {
  return new Children({ ...settings, health: {}, yields: true });
}
