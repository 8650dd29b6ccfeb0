import type { Kysely } from "kysely";
import type { Principal } from "../access/principal";
import { allows, type Role } from "../access/roles";
import type { Trail } from "../audit/trail";
import type { Database } from "../data/database";
import type { Row, Tables } from "../data/tables";
import type { Catalog, Outline } from "../environments/catalog";
import type { Files } from "../environments/change";
import type { Repository } from "../git/repository";
import { HttpProblem } from "../http/problem";
import type { Requests } from "../http/requests";
import type { SecretStore } from "../secrets/store";
import type { CommandEnd } from "../work/command";
import type { Decisions } from "../work/decisions";
import type { Work } from "../work/work";
import type { OperationShape } from "./shapes";

/** What the service's own calls are answered by. */
export interface Own {
  readonly database: Pick<Database, "query">;
  readonly repository: Pick<Repository, "root" | "history">;
  readonly catalog: Catalog;
  readonly files: Files;
  readonly work: Pick<Work, "ask" | "wake">;
  readonly decisions: Decisions;
  readonly requests: Requests;
  readonly trail: Pick<Trail, "append">;
  readonly secrets: SecretStore;
  /** Runs a command with what an environment's operations log in by, and gives what it has printed: that is kept nowhere. */
  readonly command: (words: readonly string[], environment: string) => Promise<CommandEnd>;
}

type Operation = Row<"operations">;

/** An operation as answers have it. */
export function shown(row: Operation): OperationShape {
  const { id, environment, kind, state, step, title, file, askedBy, needsApproval, reason, result, created, started, ended } = row;
  const given = <T extends Record<string, unknown>>(values: T) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as { [name in keyof T]?: NonNullable<T[name]> };
  return {
    ...{ id, environment, kind, state, askedBy, needsApproval, created: created.toISOString() },
    ...given({ step, title, reason, approvedBy: row.approvedBy, rejectedBy: row.rejectedBy, cancelledBy: row.cancelledBy }),
    approvals: JSON.parse(row.approvals),
    ...(file === null || file === "" ? {} : { commit: file }),
    ...(result === null ? {} : { result: JSON.parse(result) }),
    ...(started === null ? {} : { started: started.toISOString() }),
    ...(ended === null ? {} : { ended: ended.toISOString() }),
  };
}

/** By name, the labels of the environments that are there. */
export async function labelsNow(catalog: Catalog): Promise<ReadonlyMap<string, Outline["labels"]>> {
  return new Map((await catalog.all()).map(({ name, labels }) => [name, labels]));
}

/** Whether somebody may see what was done with an environment: by its labels now, or once it is gone by those that it had. */
export function maySee(
  { grants }: Principal,
  { environment, labels }: Pick<Operation, "environment" | "labels">,
  now: ReadonlyMap<string, Outline["labels"]>,
): boolean {
  return allows(grants, "viewer", now.get(environment) ?? JSON.parse(labels));
}

/**
 * An operation, for somebody who may act in a role in its environment.
 * @throws HttpProblem: whoever may not see it is not told that it is there
 */
export async function operationFor(
  { database, catalog }: Own,
  id: string,
  { grants }: Principal,
  ...roles: readonly Role[]
): Promise<Operation> {
  const row = await database.query.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirst();
  const [outline] = row !== undefined && catalog.has(row.environment) ? await catalog.outlines([row.environment]) : [];
  const labels = outline?.labels ?? (row === undefined ? {} : JSON.parse(row.labels));
  if (row === undefined || !allows(grants, "viewer", labels)) throw new HttpProblem("not-found", "there is no such operation");
  if (!roles.some((role) => allows(grants, role, labels)))
    throw new HttpProblem("forbidden", `this takes the role ${roles.join(" or ")} for ${row.environment}`);
  return row;
}

/** Writes down what somebody has done, within what they have done. */
export function noting(
  trail: Own["trail"],
  actor: string,
  action: string,
  detail: Readonly<Record<string, string | number | boolean>> = {},
) {
  return async (operation: Operation, within: Kysely<Tables>): Promise<void> =>
    await trail.append({ actor, action, target: operation.id, detail: { environment: operation.environment, ...detail } }, within);
}
