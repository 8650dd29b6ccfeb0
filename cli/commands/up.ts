import type { Command } from "commander";
import { up } from "../../operate/up";
import { type Context, colorsFor, widthOf } from "../context";
import { addOperationOptions, type OperationFlags, printResult, requestOf } from "../operation";
import { operatorOf } from "../operator";
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
    .action((reference: string, flags: OperationFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: OperationFlags): Promise<void> {
  const { target, result } = await up(await requestOf(context, reference, flags), operatorOf(context, flags.yes), context.modules);
  const style = { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) };
  printResult(context, result, flags.json === true, () => summarize(target, result, style, context.typed?.command));
}
