import type { Command } from "commander";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "../../context";
import { operatorOf } from "../../operator";
import { describeStates } from "../../state";

interface ListFlags {
  readonly all?: boolean;
  readonly sandbox?: boolean;
  readonly json?: boolean;
}

/** `kpaas state list`: the stacks that a backend has. */
export function registerStateList(state: Command, context: Context): void {
  state
    .command("list")
    .summary("the environments' stacks in the backend")
    .description(
      "Lists the stacks of the backend that hold environments: layer, last update, resources, open operations, who holds it, how its secrets are encrypted, release and engine.",
    )
    .option("--all", "those of other Pulumi projects in the backend too")
    .option("--sandbox", "the stacks of the sandbox")
    .option("--json", "print the stacks as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas state list")
    .action((flags: ListFlags) => run(context, flags));
}

async function run(context: Context, { all = false, sandbox = false, json = false }: ListFlags): Promise<void> {
  const { listState } = await import("../../../operate/state/list.js");
  const { findRoot } = await context.modules.environments();
  const stacks = await listState({ root: findRoot(context.cwd), sandbox, all }, operatorOf(context), context.modules);
  if (json) writeJson(context, { stacks });
  else writeLines(context.stdout, describeStates(stacks, widthOf(context.stdout), colorsFor(context.stdout, context.env)));
}
