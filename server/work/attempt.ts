import type { Kysely } from "kysely";
import type { Operation as Attempt } from "../../model/fleet/decide";
import type { Ended } from "../../model/fleet/records";
import type { Step } from "../../model/fleet/work";
import type { Tables } from "../data/tables";
import { Lines } from "./lines";
import { resultOf, type StepEnded } from "./result";
import type { Operation, Runner } from "./types";

/** The attempt at a step that was begun last, as whoever runs it calls it. */
export function attemptOf({ environment: cluster, attempt }: Operation, step: Step): Attempt {
  return { cluster, step, attempt };
}

/** Keeps what an attempt says while it runs, and tells what came of it. */
export async function listened(
  database: Kysely<Tables>,
  operation: Operation,
  step: Step,
  runner: Runner,
  run: () => Promise<Ended>,
): Promise<StepEnded> {
  const lines = new Lines(database, operation.id, step, operation.attempt);
  const ended = await lines.during(run, (from) => runner.said(attemptOf(operation, step), from));
  const result = resultOf(step, runner.printed(attemptOf(operation, step)));
  return result === undefined ? ended : { ...ended, result };
}
