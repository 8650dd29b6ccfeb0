import { sql } from "kysely";
import type { Database } from "../data/database";
import type { OperationKind, OperationState } from "../data/tables";
import type { StepResult } from "../work/result";
import { OPEN } from "../work/types";

/** How an environment stands, as far as its operations tell. */
export interface Standing {
  readonly state: "new" | "up" | "failed" | "gone" | "planned" | "working";
  readonly operation?: string;
  readonly last?: { readonly id: string; readonly kind: OperationKind; readonly state: OperationState; readonly ended?: string };
  readonly drift?: { readonly drifted: boolean; readonly at: string };
  readonly certificatesUntil?: string;
}

/** Nothing was done with it. */
export const NEW: Standing = { state: "new" };

/** By name, how environments stand of which something was done. @param names of all where undefined */
export async function standingOf({ query }: Pick<Database, "query">, names?: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
  if (names?.length === 0) return new Map();
  const newest = (what: "all" | "changing" | "drift" | "health") => {
    let rows = query
      .selectFrom("operations")
      .distinctOn("environment")
      .select(["environment", "id", "kind", "state", "step", "result", "ended", "approvedBy", "needsApproval"])
      .orderBy("environment")
      .orderBy("created", "desc")
      .orderBy("id");
    if (names !== undefined) rows = rows.where("environment", "in", names);
    if (what === "drift" || what === "health") rows = rows.where("kind", "=", what).where("state", "=", "done");
    if (what === "changing")
      // Those that have begun to change something, and those that may: a plan that nobody agreed to has changed nothing.
      rows = rows
        .where("kind", "in", ["up", "destroy"])
        .where((is) => is.or([is("step", "in", ["up", "destroy"]), is("state", "in", OPEN)]));
    return rows.execute();
  };
  const [all, changing, drift, health] = await Promise.all([newest("all"), newest("changing"), newest("drift"), newest("health")]);
  const open = await query
    .selectFrom("operations")
    .select(["environment", "id", "state", "kind"])
    .where("state", "in", OPEN)
    .$if(names !== undefined, (rows) => rows.where("environment", "in", names ?? []))
    .execute();
  const found = new Map<string, Standing>();
  for (const { environment, id, kind, state, ended } of all)
    found.set(environment, { state: "new", last: { id, kind, state, ...(ended === null ? {} : { ended: ended.toISOString() }) } });
  const add = (environment: string, more: Partial<Standing>) => found.set(environment, { ...(found.get(environment) ?? NEW), ...more });
  for (const { environment, kind, state } of changing) {
    if (state === "done") add(environment, { state: kind === "destroy" ? "gone" : "up" });
    else if (state === "failed" || state === "cancelled") add(environment, { state: "failed" });
  }
  for (const { environment, result, ended } of drift) {
    const { drifted } = resultIn(result);
    if (drifted !== undefined && ended !== null) add(environment, { drift: { drifted, at: ended.toISOString() } });
  }
  for (const { environment, result } of health) {
    const { certificatesUntil } = resultIn(result);
    if (certificatesUntil !== undefined) add(environment, { certificatesUntil });
  }
  for (const { environment, id, state } of open) add(environment, { operation: id, state: state === "planned" ? "planned" : "working" });
  return found;
}

function resultIn(result: string | null): StepResult {
  return result === null ? {} : JSON.parse(result);
}

/** Whether something of an environment may stand: it was begun to be brought up, and was not taken down since. */
export async function mayStand({ query }: Pick<Database, "query">, name: string): Promise<boolean> {
  const row = await query
    .selectFrom("operations")
    .select(["kind", "state"])
    .where("environment", "=", name)
    .where("step", "in", ["up", "destroy"])
    .orderBy("created", "desc")
    .orderBy(sql`id`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined && !(row.kind === "destroy" && row.state === "done");
}
