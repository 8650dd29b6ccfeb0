import { resolve } from "node:path";
import type { Command } from "commander";
import { type Context, writeJson, writeLines } from "../context";
import { type DataFlags, dataChoice, describeStored, ofData } from "../data";
import { requestOf } from "../operation";
import { operatorOf } from "../operator";
import { clock } from "../progress/state";

interface RestoreFlags extends DataFlags {
  readonly from?: string;
  readonly key?: string;
  readonly of?: string;
  readonly yes?: boolean;
}

/** `kpaas restore`: what services keep goes back to a backup. */
export function registerRestore(program: Command, context: Context): void {
  ofData(
    program
      .command("restore")
      .summary("bring what the services keep back to a backup, or list the backups")
      .description(
        "Without --from lists the backups. With it overwrites what the services keep, after naming what is lost and asking for the environment's name; who uses them is stopped meanwhile. Broken off, the same command goes on.",
      ),
  )
    .option("--from <BACKUP>", "the name of a backup, `latest`, or the path of its folder")
    .option("--key <FILE>", "the private key that backups are encrypted to; it stays on this machine")
    .option("--of <ENVIRONMENT>", "the environment that it was made of, where that is another one")
    .option("--yes", "do not ask")
    .addHelpText("after", "\nExample:\n  $ kpaas restore seoul --from latest --key ~/backup.key")
    .action((reference: string, flags: RestoreFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: RestoreFlags): Promise<void> {
  const { listBackups, restore } = await import("../../operate/backup/restore.js");
  const request = await requestOf(context, reference, flags);
  const operator = operatorOf(context, flags.yes);
  const shared = dataChoice(context, flags);
  const { from } = flags;
  if (from === undefined) {
    const { loaded, backups } = await listBackups(request, shared, operator, context.modules);
    if (flags.json)
      writeJson(context, {
        environment: loaded.name,
        backups: backups.map(({ name, folder, manifest }) => ({ name, folder, ...manifest })),
      });
    else writeLines(context.stdout, describeStored(loaded.name, backups));
    return;
  }
  const choice = {
    ...shared,
    from: from.includes("/") ? resolve(context.cwd, from) : from,
    ...(flags.key === undefined ? {} : { key: resolve(context.cwd, flags.key) }),
    ...(flags.of === undefined ? {} : { of: flags.of }),
  };
  const { loaded, plan, seconds } = await restore(request, choice, operator, context.modules);
  if (flags.json) writeJson(context, { environment: loaded.name, ...plan, seconds });
  else {
    // What is inside of services went back too: administrators and clients of Keycloak, log-ins of OpenBao.
    const next = ["refresh", "up"].map((command) => `kpaas ${command} ${loaded.name}`);
    const typed = next.map((command) => context.typed?.command(command) ?? command);
    const names = plan.services.map(({ name }) => name).join(", ");
    writeLines(context.stdout, [
      `${names} of ${loaded.name} ${plan.services.length === 1 ? "is" : "are"} back at ${plan.backup} after ${clock(seconds * 1000)}`,
      `next: ${typed.join(", then ")}`,
    ]);
  }
}
