import { DOORS } from "./doors";
import { requireLock } from "./lock";
import { type Operator, requireAgreement } from "./operator";
import { type Done, makeReady, type Request, runJob } from "./ready";

/** Records what is really there. Throws as `up` does. */
export async function refresh(request: Request, operator: Operator, doors = DOORS): Promise<Done> {
  const ready = await makeReady(request, operator, doors);
  const ask = operator.asker("refresh");
  requireLock(ready, operator);
  await requireAgreement(ask, { kind: "refresh", environment: ready.target.plan.environment });
  const engine = await doors.engine();
  return { ...ready, result: await runJob("refresh", ready.target, operator, engine.refreshEnvironment) };
}
