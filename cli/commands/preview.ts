import type { Command } from "commander";
import { describeChanges } from "../changes";
import { type Context, colorsFor, widthOf } from "../context";
import { addOperationOptions, execute, type OperationFlags, prepare, printResult, requireLock } from "../operation";

/** `kpaas preview`: what `up` would do. */
export function registerPreview(program: Command, context: Context): void {
  addOperationOptions(
    program
      .command("preview")
      .summary("show what `up` would change, down to the kubespray steps")
      .description("Shows what `up` would create, change and delete, and the kubespray steps it would run. Changes nothing."),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas preview seoul --json")
    .action((reference: string, flags: OperationFlags) => preview(context, reference, flags));
}

async function preview(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const prepared = await prepare(context, reference, flags);
  requireLock(context, prepared, flags.json === true);
  const engine = await context.modules.engine();
  const result = await execute(context, "preview", prepared, engine.previewEnvironment);
  printResult(context, result, flags.json === true, () =>
    describeChanges(result, "preview", { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) }),
  );
}
