import type { Command } from "commander";
import { countChanges } from "../../model/preview/sections";
import { destroy, readLoss } from "../../operate/destroy";
import { type Context, writeJson, writeLines } from "../context";
import { describeLoss } from "../loss";
import { addOperationOptions, type OperationFlags, printResult, requestOf } from "../operation";
import { operatorOf } from "../operator";

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
    .option("--dry-run", "name what would be lost and what is kept, and change nothing")
    .addHelpText("after", "\nExample:\n  $ kpaas destroy demo --sandbox --yes")
    .action((reference: string, flags: DestroyFlags) => (flags.dryRun === true ? look : run)(context, reference, flags));
}

interface DestroyFlags extends OperationFlags {
  readonly dryRun?: boolean;
}

async function look(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const { target, loss } = await readLoss(await requestOf(context, reference, flags), operatorOf(context), context.modules);
  const { environment } = target.plan;
  if (flags.json === true) writeJson(context, { environment, ...loss });
  else writeLines(context.stdout, describeLoss(environment, loss));
}

async function run(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const { target, result } = await destroy(await requestOf(context, reference, flags), operatorOf(context, flags.yes), context.modules);
  const { environment } = target.plan;
  printResult(context, result, flags.json === true, () => [`${environment} is destroyed: ${countChanges(result.changes, "done")}`]);
}
