import { resolve } from "node:path";
import type { Command } from "commander";
import { changeFields, describeTakeOver } from "../../cluster-steps";
import { type Context, writeJson, writeLines } from "../../context";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";
import { clock } from "../../progress/state";
import { asking, type ClusterFlags, ofCluster } from "./options";
import { followUp } from "./upgrade";

interface ImportFlags extends ClusterFlags {
  readonly inventory: string;
  readonly kubeconfig?: string;
}

/** `kpaas cluster import`: a cluster that was made by hand. */
export function registerImport(cluster: Command, context: Context): void {
  asking(
    ofCluster(
      cluster
        .command("import")
        .summary("take a cluster over that kubespray has made by hand")
        .description(
          "Compares a cluster that kubespray has made by hand, and the inventory that made it, with an environment file of the provider existing, field by field; then records it in the stack as it is. Runs no playbook and puts nothing into it: the next `up` does.",
        ),
    )
      .requiredOption(
        "--inventory <FILE>",
        "the inventory that made it, group variables beside it; or what `ansible-inventory --list` printed (.json)",
      )
      .option("--kubeconfig <FILE>", "a kubeconfig of it: refuses hosts that carry another cluster"),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas cluster import seoul --inventory inventory/mycluster/hosts.yaml")
    .action((reference: string, flags: ImportFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: ImportFlags): Promise<void> {
  const { importCluster } = await import("../../../operate/cluster/import.js");
  const file = (path: string): string => resolve(context.cwd, path);
  const source = { inventory: file(flags.inventory), ...(flags.kubeconfig === undefined ? {} : { kubeconfig: file(flags.kubeconfig) }) };
  const request = await requestOf(context, reference, flags);
  const { loaded, takeOver, seconds } = await importCluster(request, source, operatorOf(context, flags.yes), context.modules);
  const { name: environment } = loaded;
  if (flags.json === true) {
    const { change, steps, differences, lock, notes } = takeOver;
    writeJson(context, { environment, differences, lock, notes, ...changeFields(change), steps, seconds });
    return;
  }
  const seen = flags.yes === true ? describeTakeOver(context.stdout, context, environment, takeOver) : [];
  writeLines(context.stdout, [
    ...seen,
    `the cluster of ${environment} is taken over after ${clock(seconds * 1000)}`,
    followUp(context, environment, true),
  ]);
}
