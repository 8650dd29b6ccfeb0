import type { Command } from "commander";
import { type Context, colorsFor, widthOf } from "../context";
import {
  addOperationOptions,
  asker,
  execute,
  isYes,
  lockWriter,
  type OperationFlags,
  prepare,
  printResult,
  requireLock,
  showPreview,
  unlessDeclined,
} from "../operation";
import { summarize } from "../summary";

/** `kpaas up`: brings the environment to what its file says. */
export function registerUp(program: Command, context: Context): void {
  addOperationOptions(
    program
      .command("up")
      .summary("bring the environment to what its file says")
      .description("Brings an environment to what its file says. On a terminal it shows the changes and asks; with --yes it runs at once."),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas up demo --sandbox --yes")
    .action((reference: string, flags: OperationFlags) => up(context, reference, flags));
}

async function up(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const prepared = await prepare(context, reference, flags);
  if (flags.yes === true) {
    if (!prepared.target.sandbox) requireLock(context, prepared, flags.json === true);
  } else {
    const ask = asker(context, "up");
    const engine = await context.modules.engine();
    showPreview(context, prepared, await execute(context, "preview", prepared, engine.previewEnvironment));
    unlessDeclined(context, isYes(await ask(`Bring ${prepared.loaded.name} up like this? [y/N] `)));
  }
  const engine = await context.modules.engine();
  const result = await execute(context, "up", prepared, engine.upEnvironment, { onAccepted: await lockWriter(context, prepared) });
  const style = { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) };
  printResult(context, result, flags.json === true, () =>
    summarize(prepared.planned.plan, result, prepared.target.sandbox, style, context.typed?.command),
  );
}
