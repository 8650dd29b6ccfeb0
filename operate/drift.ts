import { DOORS } from "./doors";
import type { Operator } from "./operator";
import { type Done, makeReady, type Request, runJob } from "./ready";

/**
 * What is really there otherwise than recorded. Changes nothing, and goes by what is recorded: a lock that the file has left behind is none of
 * its business. Throws as `refresh` does.
 */
export async function drift(request: Request, operator: Operator, doors = DOORS): Promise<Done> {
  const ready = await makeReady(request, operator, doors);
  const engine = await doors.engine();
  return { ...ready, result: await runJob("drift", ready.target, operator, engine.driftOfEnvironment) };
}
