import type { Kysely } from "kysely";
import type { Database } from "../data/database";
import type { OperationState, Tables } from "../data/tables";
import { HttpProblem } from "../http/problem";
import { nameOf, type PlanContent } from "./plan";
import type { Operation, Turn, WorkParts } from "./types";

/** What somebody has decided of an operation, and what follows from it: written down together. */
export interface DecisionParts extends Pick<WorkParts, "turned" | "commitOf"> {
  readonly database: Pick<Database, "query">;
}

/** Done within the same piece of work, as an entry of the audit trail. */
export type Noted = (operation: Operation, within: Kysely<Tables>) => Promise<void>;

/** Decisions about operations: each is taken once, by whoever comes first. */
export class Decisions {
  constructor(private readonly parts: DecisionParts) {}

  /** The plan of an operation, and its digest. @throws HttpProblem where there is none */
  async planOf(id: string): Promise<{ readonly digest: string; readonly plan: PlanContent }> {
    const row = await this.parts.database.query.selectFrom("plans").selectAll().where("operation", "=", id).executeTakeFirst();
    if (row === undefined) throw new HttpProblem("not-found", "there is no plan of it yet, or none is made");
    return { digest: row.digest, plan: JSON.parse(row.plan) };
  }

  /**
   * Agrees to a plan that was shown.
   * @param names all dangers that are agreed to, and the environment's name where it is destroyed
   * @throws HttpProblem where it is another plan, or not all was agreed to
   */
  async approve(operation: Operation, who: string, digest: string, names: readonly string[], noted: Noted): Promise<Operation> {
    if (operation.state !== "planned") throw notNow(operation, "approved");
    const { digest: shown, plan } = await this.planOf(operation.id);
    if (shown !== digest) throw new HttpProblem("conflict", "this is not the digest of its plan: read the plan, and approve that one");
    if ((await this.parts.commitOf(operation.environment)) !== operation.file)
      throw new HttpProblem(
        "conflict",
        "the environment's file was changed since this was planned: reject it, and ask for another operation",
      );
    const given = new Set(names.map(nameOf));
    const lacking = plan.needs.filter((name) => !given.has(name));
    if (lacking.length > 0) {
      const remedy = (name: string) => `name it, where it is agreed to: names: [${JSON.stringify(name)}]`;
      const reason = (name: string) => plan.approvals.find((each) => each.name === name)?.reason ?? "everything in it is lost";
      const faults = lacking.map((name) => ({ path: "names", reason: `${name}: ${reason(name)}`, remedy: remedy(name) }));
      throw new HttpProblem("refused", "not all that is dangerous in it was agreed to", faults);
    }
    const unknown = [...given].filter((name) => !plan.needs.includes(name));
    if (unknown.length > 0)
      throw new HttpProblem(
        "invalid-request",
        "see problems",
        unknown.map((name) => ({ path: "names", reason: `${name} is nothing that the plan asks for`, remedy: "leave it out" })),
      );
    const approvals = JSON.stringify(plan.approvals.map(({ approval }) => approval));
    return await this.take(
      operation,
      ["planned"],
      { state: "waiting", step: null, approvedBy: who, approved: new Date(), approvals },
      { kind: "approved" },
      noted,
    );
  }

  /** Ends one that waits for an approval. */
  async reject(operation: Operation, who: string, reason: string, noted: Noted): Promise<Operation> {
    return await this.take(
      operation,
      ["planned"],
      { state: "rejected", rejectedBy: who, reason, ended: new Date() },
      { kind: "rejected", reason },
      noted,
    );
  }

  /** Ends one: at once where it waits, else at the next safe point: no other step is begun. */
  async cancel(operation: Operation, who: string, noted: Noted): Promise<Operation> {
    const change = { cancelledBy: who };
    if (operation.state === "running") {
      if (operation.cancelledBy !== null) return operation;
      return await this.take(operation, ["running"], change, undefined, noted);
    }
    return await this.take(
      operation,
      ["waiting", "planned"],
      { ...change, state: "cancelled", ended: new Date() },
      { kind: "cancelled" },
      noted,
    );
  }

  /** Does one that failed again, from the step at which it stopped. @throws HttpProblem where its file is another one by now, or one is open */
  async retry(operation: Operation, noted: Noted): Promise<Operation> {
    if (operation.state !== "failed") throw notNow(operation, "tried again");
    const unchanged = operation.file === null || (await this.parts.commitOf(operation.environment)) === operation.file;
    if (operation.approvedBy !== null && !unchanged)
      throw new HttpProblem("conflict", "the environment's file was changed since this was approved: ask for another operation");
    const change = { state: "waiting", reason: null, ended: null, cancelledBy: null } as const;
    // Of an attempt that nobody has begun nobody knows the end: its step is begun anew.
    const next = { ...change, attempt: operation.attempt + 1, ...(operation.approvedBy === null ? { step: null, file: null } : {}) };
    return await this.take(operation, ["failed"], next, { kind: "retried" }, noted);
  }

  private async take(
    { id, environment }: Operation,
    from: readonly OperationState[],
    change: Partial<Pick<Operation, "step" | "attempt" | "approvedBy" | "rejectedBy" | "cancelledBy" | "reason" | "approvals" | "file">> & {
      readonly state?: OperationState;
      readonly ended?: Date | null;
      readonly approved?: Date;
    },
    turn: Turn | undefined,
    noted: Noted,
  ): Promise<Operation> {
    return await this.parts.database.query
      .transaction()
      .execute(async (transaction) => {
        const now = await transaction
          .updateTable("operations")
          .set(change)
          .where("id", "=", id)
          .where("state", "in", from)
          .returningAll()
          .executeTakeFirst();
        if (now === undefined) {
          const found = await transaction.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
          throw notNow(found, turn?.kind ?? "cancelled");
        }
        if (turn !== undefined) await this.parts.turned(now, turn, transaction);
        await noted(now, transaction);
        return now;
      })
      .catch((error: unknown) => {
        if (isTaken(error)) throw new HttpProblem("conflict", `another operation of ${environment} is open: wait for its end`);
        throw error;
      });
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "23505";
}

function notNow({ state }: Operation, what: string): HttpProblem {
  return new HttpProblem("conflict", `it is ${state}, and cannot be ${what}`);
}
