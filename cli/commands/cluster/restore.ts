import { resolve } from "node:path";
import type { Command } from "commander";
import { type Context, writeJson, writeLines } from "../../context";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";
import { asking, type ClusterFlags, ofCluster } from "./options";
import { printRun } from "./run-result";

interface RestoreFlags extends ClusterFlags {
  readonly from?: string;
  readonly key?: string;
}

/** `kpaas cluster restore`: etcd goes back to a backup. */
export function registerRestore(cluster: Command, context: Context): void {
  asking(
    ofCluster(
      cluster
        .command("restore")
        .summary("bring etcd back to a backup, or list the backups")
        .description(
          "Without --from lists the backups. With it brings the cluster's etcd back to one, after naming what is lost and asking for the environment's name; on hosts from which the whole cluster is gone it makes it anew with its own keys first.",
        ),
    )
      .option("--from <SNAPSHOT>", "the name of a backup, `latest`, or the path of one here")
      .option("--key <FILE>", "the private key that backups are encrypted to; it stays on this machine"),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas cluster restore seoul --from latest --key ~/seoul-backup.pem")
    .action((reference: string, flags: RestoreFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: RestoreFlags): Promise<void> {
  const { listBackups, restore } = await import("../../../operate/cluster/restore.js");
  const request = await requestOf(context, reference, flags);
  const operator = operatorOf(context, flags.yes);
  const { from } = flags;
  if (from === undefined) {
    const { environment, backups } = await listBackups(request, operator, context.modules);
    if (flags.json === true) writeJson(context, { environment, backups });
    else writeLines(context.stdout, describeBackups(environment, backups));
    return;
  }
  const choice = {
    from: from.includes("/") ? resolve(context.cwd, from) : from,
    ...(flags.key === undefined ? {} : { key: resolve(context.cwd, flags.key) }),
  };
  const done = await restore(request, choice, operator, context.modules);
  const { name } = done.loaded;
  const { snapshot, lost } = done;
  printRun(context, done, flags.json === true, `${name} is back at ${snapshot}`, { snapshot, lost }, `kpaas refresh ${name}`);
}

function describeBackups(
  environment: string,
  { names, lastSuccess, failure }: { readonly names: readonly string[]; readonly lastSuccess?: string; readonly failure?: string },
): string[] {
  return [
    ...(names.length === 0 ? [`${environment} has no backups`] : names),
    ...(lastSuccess === undefined ? [] : [`the last one was made at ${lastSuccess}`]),
    ...(failure === undefined ? [] : [`the last attempt failed: ${failure}`]),
  ];
}
