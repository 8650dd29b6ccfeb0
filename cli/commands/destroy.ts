import type { Command } from "commander";
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
  const prepared = await prepare(context, reference, flags);
  const ask = flags.yes === true ? undefined : asker(context, "destroy");
  const name = prepared.loaded.name;
  const engine = await context.modules.engine();
  const loss = await interruptible(context, (signals) => engine.readLoss(prepared.target, signals));
  writeLines(context.stderr, describeLoss(name, loss));
  if (ask !== undefined) unlessDeclined(context, (await ask(`Type the environment's name to destroy it: `)).trim() === name);
  const result = await execute(context, "destroy", prepared, engine.destroyEnvironment);
  printResult(context, result, flags.json === true, () => [`${name} is destroyed: ${countChanges(result.changes, "done")}`]);
}
