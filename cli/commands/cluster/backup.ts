import type { Command } from "commander";
import type { Context } from "../../context";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";
import { type ClusterFlags, ofCluster } from "./options";
import { printRun } from "./run-result";

/** `kpaas cluster backup`: a backup of etcd, now. */
export function registerBackup(cluster: Command, context: Context): void {
  ofCluster(
    cluster
      .command("backup")
      .summary("make a backup of etcd and the cluster's keys now")
      .description(
        "Makes a backup at once, to where `cluster.backups.etcd` says and encrypted to its key, beside those that the cluster makes by itself.",
      ),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas cluster backup seoul")
    .action((reference: string, flags: ClusterFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: ClusterFlags): Promise<void> {
  const { backup } = await import("../../../operate/cluster/backup.js");
  const done = await backup(await requestOf(context, reference, flags), operatorOf(context), context.modules);
  const newest = done.backups.names.at(-1);
  printRun(context, done, flags.json === true, `backup ${newest ?? ""} of ${done.loaded.name} is made`, { backups: done.backups });
}
