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
      .description(
        "Reads what is really there into the recorded state, so that the next preview shows the drift. Changes no machine. With --dry-run it tells what differs, and records nothing.",
      ),
  )
    .option("--dry-run", "tell what is there otherwise than recorded, and record nothing")
    .addHelpText("after", "\nExample:\n  $ kpaas refresh seoul --dry-run\n  $ kpaas refresh seoul --yes && kpaas preview seoul")
    .action((reference: string, flags: RefreshFlags) => (flags.dryRun === true ? look : run)(context, reference, flags));
}

interface RefreshFlags extends OperationFlags {
  readonly dryRun?: boolean;
}

async function look(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const [{ drift }, { driftLines, driftSummary }] = await Promise.all([
    import("../../operate/drift.js"),
    import("../../model/preview/drift.js"),
  ]);
  const { target, result } = await drift(await requestOf(context, reference, flags), operatorOf(context), context.modules);
  const colors = colorsFor(context.stdout, context.env);
  printResult(
    context,
    result,
    flags.json === true,
    () => [...driftLines(target.plan, result), colors.bold(`${target.plan.environment}: ${driftSummary(result)}`)],
    { drifted: result.resources.length > 0 },
  );
}

async function run(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const { result } = await refresh(await requestOf(context, reference, flags), operatorOf(context, flags.yes), context.modules);
  printResult(context, result, flags.json === true, () =>
    describeChanges(result, { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) }),
  );
}
