import type { Command } from "commander";
import { describeEdit, editFields } from "../../cluster-steps";
import { type Context, writeJson, writeLines } from "../../context";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";
import { approving, asking, type ClusterFlags, ofCluster } from "./options";

interface UpgradeFlags extends ClusterFlags {
  readonly to: string;
}

/** `kpaas cluster upgrade`: another version in the file and its lock, and the ladder there. */
export function registerUpgrade(cluster: Command, context: Context): void {
  asking(
    approving(
      ofCluster(
        cluster
          .command("upgrade")
          .summary("write another version into the file and its lock, and show the ladder there")
          .description(
            "Changes the version in the environment file and its lock, and shows the ladder of kubespray releases and the steps that lead there. Runs nothing: `kpaas up` does.",
          ),
      ).requiredOption("--to <VERSION>", "a version of Kubernetes (1.34.3, or 1.34 for its newest) or a K-PaaS release"),
    ),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas cluster upgrade seoul --to 1.34.3")
    .action((reference: string, flags: UpgradeFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: UpgradeFlags): Promise<void> {
  const { upgrade } = await import("../../../operate/cluster/upgrade.js");
  const operator = operatorOf(context, flags.yes);
  const { loaded, edit, target } = await upgrade(await requestOf(context, reference, flags), flags.to, operator, context.modules);
  const { name: environment } = loaded;
  if (flags.json === true) {
    writeJson(context, editFields(environment, edit));
  } else if (edit === undefined) {
    writeLines(context.stdout, [`${loaded.file} says so already: Kubernetes ${target.plan.cluster.kubernetes}; nothing was changed`]);
  } else {
    // Who was asked has seen it.
    const seen = flags.yes === true ? describeEdit(context.stdout, context, { environment, edit }) : [];
    writeLines(context.stdout, [
      ...seen,
      `wrote ${edit.file} and ${edit.lockFile}`,
      followUp(context, environment, edit.change.recorded !== undefined),
    ]);
  }
}

/** What comes after a change of a file. */
export function followUp({ typed }: Pick<Context, "typed">, environment: string, stands: boolean): string {
  const command = (line: string): string => typed?.command(line) ?? line;
  const preview = command(`kpaas preview ${environment}`);
  return `next: ${stands ? `${preview}, then ` : ""}${command(`kpaas up ${environment}`)}`;
}
