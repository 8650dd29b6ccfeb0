import { StackMissingError } from "../engine/errors";
import { InvalidInputError } from "../model/problems";
import { DOORS } from "./doors";
import { type Operator, requireAgreement } from "./operator";
import { type Done, makeReady, type Request, runJob } from "./ready";

/**
 * Takes an environment down as its stacks hold it, after telling what is lost: its file may say something else by now, or nothing that can be
 * planned. Throws as `up` does, and StackMissingError.
 */
export async function destroy(request: Request, operator: Operator, doors = DOORS): Promise<Done> {
  const { standIn } = await doors.standIns();
  const ready = await makeReady(request, operator, doors, standIn);
  const { loaded, target } = ready;
  const { plan } = target;
  const ask = operator.asker("destroy");
  const engine = await doors.engine();
  const loss = await runJob("read", target, operator, engine.readLoss).catch((error: unknown) => {
    // Nothing is recorded either: then it is the file that is wrong.
    throw loaded.planned === undefined && error instanceof StackMissingError ? new InvalidInputError(loaded.problems) : error;
  });
  operator.tell({ kind: "loss", environment: plan.environment, loss, loaded });
  await requireAgreement(ask, { kind: "destroy", environment: plan.environment, loss });
  const standing = request.layer === undefined ? { ...target, plan: { ...plan, layers: loss.layers } } : target;
  return { ...ready, result: await runJob("destroy", standing, operator, engine.destroyEnvironment) };
}
