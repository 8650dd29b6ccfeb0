import { DOORS } from "./doors";
import { lockWriter, requireLock } from "./lock";
import { type Operator, requireAgreement } from "./operator";
import { type Done, makeReady, type Request, runJob } from "./ready";

/**
 * Brings an environment to what its file says. Where there is somebody to ask, they see the preview first and agree to the lock it proposes;
 * unasked, the lock has to be current, except in the sandbox.
 * @throws InvalidInputError, RefusedError, DeclinedError, and what the engine's operations throw
 */
export async function up(request: Request, operator: Operator, doors = DOORS): Promise<Done> {
  const ready = await makeReady(request, operator, doors);
  const { planned, target } = ready;
  const ask = operator.asker("up");
  if (ask === undefined && !target.sandbox) requireLock(ready, operator);
  const engine = await doors.engine();
  if (ask !== undefined) {
    const preview = await runJob("preview", target, operator, engine.previewEnvironment);
    await requireAgreement(ask, {
      ...{ kind: "up", environment: target.plan.environment, planned, preview },
      ...(target.layer ? { layer: target.layer } : {}),
    });
  }
  const onAccepted = await lockWriter(ready, operator, doors);
  return { ...ready, result: await runJob("up", target, operator, engine.upEnvironment, { onAccepted }) };
}
