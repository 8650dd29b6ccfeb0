import type { Command } from "commander";
import { changeFields, describeSteps } from "../../cluster-steps";
import { type Context, writeJson, writeLines } from "../../context";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";
import { approving, type ClusterFlags, ofCluster } from "./options";

/** `kpaas cluster steps`: what the next `up` would do to the cluster. */
export function registerSteps(cluster: Command, context: Context): void {
  approving(
    ofCluster(
      cluster
        .command("steps")
        .summary("what the next `up` would do to the cluster, playbook by playbook")
        .description(
          "Lists the playbook runs that the next `up` would make, by the file and what is recorded, with what each takes and does to quorum, endpoint and workloads. Asks no cloud and no host.",
        ),
    ),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas cluster steps seoul")
    .action((reference: string, flags: ClusterFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: ClusterFlags): Promise<void> {
  const { steps } = await import("../../../operate/cluster/steps.js");
  const found = await steps(await requestOf(context, reference, flags), operatorOf(context), context.modules);
  const { change, loaded } = found;
  if (flags.json === true) writeJson(context, { environment: loaded.name, ...changeFields(change), steps: found.steps });
  else writeLines(context.stdout, describeSteps(context.stdout, context, loaded.name, found));
}
