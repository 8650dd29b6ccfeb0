import { resolve } from "node:path";
import type { Command } from "commander";
import { type Context, writeJson, writeLines } from "../../context";
import { approval, requestOf } from "../../operation";
import { operatorOf } from "../../operator";

interface RestoreFlags {
  readonly from: string;
  readonly sandbox?: boolean;
  readonly yes?: boolean;
  readonly approve?: readonly string[];
  readonly json?: boolean;
}

/** `kpaas state restore`: a backup takes the place of states. */
export function registerStateRestore(state: Command, context: Context): void {
  state
    .command("restore")
    .summary("put a backup in place of an environment's states")
    .description(
      "Puts a backup in place of the states that an environment has, or has lost, after asking for the environment's name. What is replaced is kept. Nothing is done in the cloud. Refused where the states know resources that the backup does not, until that is approved: no state would know of them any more.",
    )
    .argument("ENV", "name in environments/ or path of a file")
    .requiredOption(
      "--from <FOLDER>",
      "the folder that `kpaas state backup` printed; of the folder of the environment's backups, the newest",
    )
    .option("--sandbox", "the states of the sandbox")
    .option("--yes", "do not ask")
    .option("--approve <KEY:ACTION@FINGERPRINT>", "let what the refusal names be forgotten, as it prints it", approval)
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas state restore seoul --from /mnt/backups/states/seoul")
    .action((reference: string, flags: RestoreFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: RestoreFlags): Promise<void> {
  const { restoreState } = await import("../../../operate/state/restore.js");
  const request = await requestOf(context, reference, flags);
  const from = resolve(context.cwd, flags.from);
  const { environment, plan, kept } = await restoreState(request, from, operatorOf(context, flags.yes), context.modules);
  if (flags.json === true) {
    writeJson(context, { environment, ...plan, kept: kept?.folder ?? null });
    return;
  }
  const next = ["refresh", "preview"].map((command) => `kpaas ${command} ${environment}`);
  writeLines(context.stdout, [
    `the states of ${environment} are those of ${plan.made}${kept === undefined ? "" : `; what they were is kept: ${kept.folder}`}`,
    `next: ${next.map((line) => context.typed?.command(line) ?? line).join(", then ")}`,
  ]);
}
