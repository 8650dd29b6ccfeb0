import { DOORS } from "./doors";
import { requireLock } from "./lock";
import type { Operator } from "./operator";
import { type Done, makeReady, type Request, runJob } from "./ready";

/** What `up` would do. Throws as `up` does. */
export async function preview(request: Request, operator: Operator, doors = DOORS): Promise<Done> {
  const ready = await makeReady(request, operator, doors);
  requireLock(ready, operator);
  const engine = await doors.engine();
  return { ...ready, result: await runJob("preview", ready.target, operator, engine.previewEnvironment) };
}
