import type { Command } from "commander";
import { refresh } from "../../operate/refresh";
import { describeChanges } from "../changes";
import { type Context, colorsFor, widthOf } from "../context";
import { addOperationOptions, type OperationFlags, printResult, requestOf } from "../operation";
import { operatorOf } from "../operator";

/** `kpaas refresh`: records what is really there. */
export function registerRefresh(program: Command, context: Context): void {
  addOperationOptions(
    program
      .command("refresh")
      .summary("record what is really there")
      .description("Reads what is really there into the recorded state, so that the next preview shows the drift. Changes no machine."),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas refresh seoul --yes && kpaas preview seoul")
    .action((reference: string, flags: OperationFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const { result } = await refresh(await requestOf(context, reference, flags), operatorOf(context, flags.yes), context.modules);
  printResult(context, result, flags.json === true, () =>
    describeChanges(result, { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) }),
  );
}
