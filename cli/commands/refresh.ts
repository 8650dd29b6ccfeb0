import type { Command } from "commander";
import { describeChanges } from "../changes";
import { type Context, colorsFor, widthOf } from "../context";
import {
  addOperationOptions,
  asker,
  execute,
  isYes,
  type OperationFlags,
  prepare,
  printResult,
  requireLock,
  unlessDeclined,
} from "../operation";

/** `kpaas refresh`: records what is really there. */
export function registerRefresh(program: Command, context: Context): void {
  addOperationOptions(
    program
      .command("refresh")
      .summary("record what is really there")
      .description("Reads what is really there into the recorded state, so that the next preview shows the drift. Changes no machine."),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas refresh seoul --yes && kpaas preview seoul")
    .action((reference: string, flags: OperationFlags) => refresh(context, reference, flags));
}

async function refresh(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const prepared = await prepare(context, reference, flags);
  const ask = flags.yes === true ? undefined : asker(context, "refresh");
  requireLock(context, prepared, flags.json === true);
  if (ask !== undefined)
    unlessDeclined(context, isYes(await ask(`Overwrite the recorded state of ${prepared.loaded.name} with what is there? [y/N] `)));
  const engine = await context.modules.engine();
  const result = await execute(context, "refresh", prepared, engine.refreshEnvironment);
  printResult(context, result, flags.json === true, () =>
    describeChanges(result, "done", { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) }),
  );
}
