import { resolve } from "node:path";
import type { Command } from "commander";
import type { StateBackedUp } from "../../../operate/state/backup";
import { type Context, writeJson, writeLines } from "../../context";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";

interface BackupFlags {
  readonly to?: string;
  readonly sandbox?: boolean;
  readonly json?: boolean;
}

/** `kpaas state backup`: copies of states. */
export function registerStateBackup(state: Command, context: Context): void {
  state
    .command("backup")
    .summary("copy the states of environments into files here")
    .description(
      "Copies the states of all stacks of environments, each of one moment, into a folder here that only you can read. Secrets stay encrypted as they are in the backend.",
    )
    .argument("<ENV...>", "names in environments/ or paths of files")
    .option("--to <FOLDER>", "the folder of all environments' backups; default: .kpaas/state-backups in the project")
    .option("--sandbox", "the states of the sandbox")
    .option("--json", "print the backups as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas state backup seoul busan --to /mnt/backups/states")
    .action((references: readonly string[], flags: BackupFlags) => run(context, references, flags));
}

async function run(context: Context, references: readonly string[], flags: BackupFlags): Promise<void> {
  const { backupState, stateBackups } = await import("../../../operate/state/backup.js");
  const made: StateBackedUp[] = [];
  let failure: unknown;
  for (const reference of references) {
    const request = await requestOf(context, reference, flags);
    const to = flags.to === undefined ? stateBackups(request.root) : resolve(context.cwd, flags.to);
    try {
      made.push(await backupState(request, to, operatorOf(context), context.modules));
    } catch (error) {
      // The others' are made all the same; what comes last is told by the program, as of any command.
      if (failure !== undefined) writeLines(context.stderr, [failure instanceof Error ? failure.message : String(failure)]);
      failure = error;
    }
  }
  if (flags.json === true && failure === undefined)
    writeJson(context, { backups: made.map(({ folder, manifest }) => ({ folder, ...manifest })) });
  else if (flags.json !== true)
    writeLines(
      context.stdout,
      made.flatMap(({ environment, folder, manifest: { stacks } }) => [
        `the state of ${environment} is copied: ${folder}`,
        ...stacks.map(({ stack, resources, open }) => `  ${stack}: ${resources} resources${open === 0 ? "" : `, ${open} open operations`}`),
      ]),
    );
  if (failure !== undefined) throw failure;
}
