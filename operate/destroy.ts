import { StackMissingError } from "../engine/errors";
import type { Loss } from "../engine/state/loss";
import type { EnvironmentPlan } from "../model/plan/types";
import { InvalidInputError } from "../model/problems";
import { DOORS, type Doors } from "./doors";
import { type Operator, requireAgreement } from "./operator";
import { type Done, makeReady, type Ready, type Request, runJob } from "./ready";

/**
 * Takes an environment down as its stacks hold it, after telling what is lost: its file may say something else by now, or nothing that can be
 * planned. Throws as `up` does, and StackMissingError.
 */
export async function destroy(request: Request, operator: Operator, doors = DOORS): Promise<Done> {
  const ready = await makeReadyToDestroy(request, operator, doors);
  const { loaded, target } = ready;
  const { plan } = target;
  const ask = operator.asker("destroy");
  const engine = await doors.engine();
  const loss = await read(ready, operator, doors);
  operator.tell({ kind: "loss", environment: plan.environment, loss, loaded });
  await requireAgreement(ask, { kind: "destroy", environment: plan.environment, loss });
  const standing = request.layer === undefined ? { ...target, plan: { ...plan, layers: loss.layers } } : target;
  return { ...ready, result: await runJob("destroy", standing, operator, engine.destroyEnvironment) };
}

/** What a destroy would take and leave. Changes nothing. Throws as {@link destroy} does. */
export async function readLoss(request: Request, operator: Operator, doors = DOORS): Promise<Ready & { readonly loss: Loss }> {
  const ready = await makeReadyToDestroy(request, operator, doors);
  const { lost, kept } = await read(ready, operator, doors);
  return { ...ready, loss: { lost, kept } };
}

async function makeReadyToDestroy(request: Request, operator: Operator, doors: Doors): Promise<Ready> {
  const { standIn } = await doors.standIns();
  return await makeReady(request, operator, doors, standIn);
}

async function read({ loaded, target }: Ready, operator: Operator, doors: Doors): Promise<Loss & Pick<EnvironmentPlan, "layers">> {
  const engine = await doors.engine();
  return await runJob("read", target, operator, engine.readLoss).catch((error: unknown) => {
    // Nothing is recorded either: then it is the file that is wrong.
    throw loaded.planned === undefined && error instanceof StackMissingError ? new InvalidInputError(loaded.problems) : error;
  });
}
