import { resolve } from "node:path";
import type { Command } from "commander";
import { type Context, writeJson, writeLines } from "../../context";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";

interface RecoverFlags {
  readonly ids?: string;
  readonly sshKey?: string;
  readonly older?: string;
  readonly dryRun?: boolean;
  readonly sandbox?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `kpaas state recover`: the way back from a lost state, without a backup of it. */
export function registerStateRecover(state: Command, context: Context): void {
  state
    .command("recover")
    .summary("find an environment again whose state is lost")
    .description(
      "Puts the lost state of an environment together again by asking its cloud and its cluster for everything that its file names, and keeps it where an `up` would then neither replace nor delete anything. Nothing is made, changed or deleted in the cloud.",
    )
    .argument("ENV", "name in environments/ or path of a file")
    .option("--dry-run", "only tell what is found")
    .option("--ids <FILE>", "ids of what nobody can be asked for: lines of NAME: ID")
    .option("--ssh-key <FILE>", "the private key that the machines were made with, where it was generated")
    .option("--older <FOLDER>", "an older backup by `kpaas state backup`: for its generated values, and ids that nobody can be asked for")
    .option("--sandbox", "the state of the sandbox")
    .option("--yes", "do not ask")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas state recover seoul --ssh-key seoul.key --dry-run")
    .action((reference: string, flags: RecoverFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: RecoverFlags): Promise<void> {
  const { recoverState } = await import("../../../operate/state/recover.js");
  const request = await requestOf(context, reference, flags.sandbox === undefined ? {} : { sandbox: flags.sandbox });
  const file = (path: string | undefined) => (path === undefined ? undefined : resolve(context.cwd, path));
  const [ids, sshKey, older] = [flags.ids, flags.sshKey, flags.older].map(file);
  const sources = { ...(ids ? { ids } : {}), ...(sshKey ? { sshKey } : {}), ...(older ? { older } : {}) };
  const { dryRun = false, json = false } = flags;
  const { environment, plan, done } = await recoverState(request, sources, dryRun, operatorOf(context, flags.yes), context.modules);
  if (json) {
    writeJson(context, { environment, ...plan, done });
    return;
  }
  const next = `kpaas ${done ? "preview" : "state recover"} ${environment}`;
  const line = context.typed?.command(next) ?? next;
  writeLines(context.stdout, [
    done ? `the state of ${environment} is in place again; next: ${line}` : `nothing is kept; to keep it: ${line}`,
  ]);
}
