import type { Command } from "commander";
import { countChanges } from "../../model/preview/sections";
import { destroy } from "../../operate/destroy";
import type { Context } from "../context";
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
    .addHelpText("after", "\nExample:\n  $ kpaas destroy demo --sandbox --yes")
    .action((reference: string, flags: OperationFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const { target, result } = await destroy(await requestOf(context, reference, flags), operatorOf(context, flags.yes), context.modules);
  const { environment } = target.plan;
  printResult(context, result, flags.json === true, () => [`${environment} is destroyed: ${countChanges(result.changes, "done")}`]);
}
