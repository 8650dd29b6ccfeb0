import type { Command } from "commander";
import type { EngineTarget } from "../../engine/types";
import type { EnvironmentPlan } from "../../model/plan/types";
import { InvalidInputError } from "../../model/problems";
import { countChanges } from "../changes";
import { type Context, writeLines } from "../context";
import { describeLoss } from "../loss";
import { addOperationOptions, asker, execute, type OperationFlags, prepare, printResult, unlessDeclined } from "../operation";
import { interruptible } from "../signals";

/** `kpaas destroy`: takes everything down, after naming what is lost. */
export function registerDestroy(program: Command, context: Context): void {
  addOperationOptions(
    program
      .command("destroy")
      .summary("take everything down, after naming the data that is lost")
      .description(
        "Deletes everything an environment is made of. Names the data that is lost and asks for the environment's name; keeps what `retain` names.",
      ),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas destroy demo --sandbox --yes")
    .action((reference: string, flags: OperationFlags) => destroy(context, reference, flags));
}

async function destroy(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const { standIn } = await context.modules.standIns();
  const prepared = await prepare(context, reference, flags, standIn);
  const { loaded } = prepared;
  const ask = flags.yes === true ? undefined : asker(context, "destroy");
  const name = prepared.planned.plan.environment;
  const engine = await context.modules.engine();
  const loss = await interruptible(context, (signals) => engine.readLoss(prepared.target, signals)).catch((error: unknown) => {
    // Nothing is recorded either: then it is the file that is wrong.
    throw loaded.planned === undefined && error instanceof Error && error.name === "StackMissingError"
      ? new InvalidInputError(loaded.problems)
      : error;
  });
  if (loaded.planned === undefined) {
    const unread = loaded.content === undefined ? " It may ask for data volumes to be left, so they are." : "";
    writeLines(context.stderr, [`The file cannot be planned: what follows goes by what is recorded.${unread}`]);
  }
  writeLines(context.stderr, describeLoss(name, loss));
  if (ask !== undefined) unlessDeclined(context, (await ask(`Type the environment's name to destroy it: `)).trim() === name);
  const target = flags.layer === undefined ? standing(prepared.target, loss.layers) : prepared.target;
  const result = await execute(context, "destroy", { ...prepared, loaded: { ...loaded, name }, target }, engine.destroyEnvironment);
  printResult(context, result, flags.json === true, () => [`${name} is destroyed: ${countChanges(result.changes, "done")}`]);
}

/** The environment as its stacks hold it, whatever the file says by now. */
function standing(target: EngineTarget, layers: EnvironmentPlan["layers"]): EngineTarget {
  return { ...target, plan: { ...target.plan, layers } };
}
