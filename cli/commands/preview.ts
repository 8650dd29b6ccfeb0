import type { Command } from "commander";
import { preview } from "../../operate/preview";
import { describeChanges } from "../changes";
import { type Context, colorsFor, widthOf } from "../context";
import { addOperationOptions, type OperationFlags, printResult, requestOf } from "../operation";
import { operatorOf } from "../operator";

/** `kpaas preview`: what `up` would do. */
export function registerPreview(program: Command, context: Context): void {
  addOperationOptions(
    program
      .command("preview")
      .summary("show what `up` would change, down to the kubespray steps")
      .description("Shows what `up` would create, change and delete, and the kubespray steps it would run. Changes nothing."),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas preview seoul --json")
    .action((reference: string, flags: OperationFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const { result } = await preview(await requestOf(context, reference, flags), operatorOf(context), context.modules);
  printResult(context, result, flags.json === true, () =>
    describeChanges(result, "preview", { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) }),
  );
}
