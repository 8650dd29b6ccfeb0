import { type Command, InvalidArgumentError, Option } from "commander";
import type { OperationResult } from "../engine/types";
import { approvalMistake } from "../model/guard/approvals";
import { LAYERS, type Layer } from "../model/layers";
import type { Request } from "../operate/ready";
import { type Context, writeJson, writeLines } from "./context";
import { maskSecrets } from "./outputs";

/** The options `preview`, `up`, `refresh` and `destroy` share. */
export interface OperationFlags {
  readonly sandbox?: boolean;
  readonly yes?: boolean;
  readonly approve?: readonly string[];
  readonly json?: boolean;
  readonly layer?: Layer;
}

/** Adds the argument and options every engine operation takes. */
export function addOperationOptions(command: Command): Command {
  return command
    .argument("ENV", "name in environments/ or path of a file")
    .option("--sandbox", "use simulated clouds and a state of their own under .kpaas/; needs no account")
    .option("--yes", "do not ask")
    .option("--approve <KEY:ACTION>", "let one dangerous change of this command's plan through; repeatable", approval)
    .addOption(new Option("--layer <L>", "one layer only, where `layers: three`").choices(LAYERS))
    .option("--json", "print the result as JSON");
}

/** Reads the option `--approve`, which can be given more than once. */
export function approval(value: string, before: readonly string[] = []): readonly string[] {
  const mistake = approvalMistake(value);
  if (mistake !== undefined) throw new InvalidArgumentError(mistake);
  return [...before, value];
}

/** What is asked for by a command line. */
export async function requestOf(context: Context, reference: string, flags: OperationFlags): Promise<Request> {
  const { findRoot } = await context.modules.environments();
  const { sandbox = false, approve: approvals = [], layer } = flags;
  return { reference, root: findRoot(context.cwd), sandbox, approvals, ...(layer === undefined ? {} : { layer }) };
}

/**
 * Prints an operation's result as JSON, or the lines that are for people.
 * @param more fields of the JSON beside those that every operation has
 */
export function printResult(
  context: Context,
  result: OperationResult,
  json: boolean,
  lines: () => string[],
  more: Readonly<Record<string, unknown>> = {},
): void {
  if (!json) {
    writeLines(context.stdout, lines());
    return;
  }
  const { environment, changes, steps, seconds, resources, approved } = result;
  writeJson(context, { environment, changes, steps, outputs: maskSecrets(result.outputs), seconds, resources, approved, ...more });
}
