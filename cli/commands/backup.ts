import { resolve } from "node:path";
import type { Command } from "commander";
import { bytesOf } from "../../model/backup";
import { type Context, writeJson, writeLines } from "../context";
import { type DataFlags, dataChoice, ofData, size } from "../data";
import { requestOf } from "../operation";
import { operatorOf } from "../operator";
import { clock } from "../progress/state";

interface BackupFlags extends DataFlags {
  readonly encryptTo?: string;
}

/** `kpaas backup`: what services keep, into files on this machine. */
export function registerBackup(program: Command, context: Context): void {
  ofData(
    program
      .command("backup")
      .summary("back up what the services keep, encrypted, into files here")
      .description(
        "Makes a backup of what the services keep, each as of one moment, encrypted to a certificate, into a folder here. etcd has its own: `kpaas cluster backup`.",
      ),
  )
    .option("--encrypt-to <FILE>", "the certificate that it is encrypted to; default: cluster.backups.etcd.encryptTo")
    .addHelpText("after", "\nExample:\n  $ kpaas backup seoul --encrypt-to backup.crt")
    .action((reference: string, flags: BackupFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: BackupFlags): Promise<void> {
  const { backup } = await import("../../operate/backup/backup.js");
  const choice = {
    ...dataChoice(context, flags),
    ...(flags.encryptTo === undefined ? {} : { encryptTo: resolve(context.cwd, flags.encryptTo) }),
  };
  const request = await requestOf(context, reference, flags);
  const { loaded, backup: made, left, seconds } = await backup(request, choice, operatorOf(context), context.modules);
  if (flags.json) {
    const { name, folder, manifest } = made;
    writeJson(context, { backup: name, folder, ...manifest, left, seconds });
    return;
  }
  writeLines(context.stdout, [
    `backup ${made.name} of ${loaded.name} is made after ${clock(seconds * 1000)}: ${made.folder}`,
    ...Object.entries(made.manifest.services).map(([name, files]) => `  ${name}: ${files.holds} (${size(bytesOf(files))})`),
    ...left.map(({ service, reason, remedy }) => `  not in it: ${service}, because ${reason}; ${remedy}`),
  ]);
}
