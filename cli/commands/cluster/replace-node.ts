import type { Command } from "commander";
import { describeEdit, editFields } from "../../cluster-steps";
import { type Context, writeJson, writeLines } from "../../context";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";
import { approving, asking, type ClusterFlags, ofCluster } from "./options";
import { followUp } from "./upgrade";

interface ReplaceFlags extends ClusterFlags {
  readonly with?: string;
}

/** `kpaas cluster replace-node`: another machine takes a node's place. */
export function registerReplaceNode(cluster: Command, context: Context): void {
  asking(
    approving(
      ofCluster(
        cluster
          .command("replace-node")
          .summary("have another machine take a node's place: raise its generation in the file")
          .description(
            "Raises the generation of a machine in the environment file and its lock: its successor is built beside it and joins before it leaves. Where hosts are there beforehand, names another host in its place. Runs nothing: `kpaas up` does.",
          ),
      )
        .argument("KEY", "the machine's key, such as general-2")
        .option("--with <HOST>", "with the provider existing: the key of the host that takes its place"),
    ),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas cluster replace-node seoul general-2")
    .action((reference: string, key: string, flags: ReplaceFlags) => run(context, reference, key, flags));
}

async function run(context: Context, reference: string, key: string, flags: ReplaceFlags): Promise<void> {
  const { replaceNode } = await import("../../../operate/cluster/replace-node.js");
  const operator = operatorOf(context, flags.yes);
  const request = await requestOf(context, reference, flags);
  const { loaded, edit, ifLost, key: found } = await replaceNode(request, key, flags.with, operator, context.modules);
  const { name: environment } = loaded;
  if (edit === undefined) return;
  if (flags.json === true) {
    writeJson(context, { ...editFields(environment, edit), ifLost });
    return;
  }
  const seen = flags.yes === true ? describeEdit(context.stdout, context, { environment, edit }) : [];
  writeLines(context.stdout, [
    ...seen,
    `wrote ${edit.file} and ${edit.lockFile}`,
    ...(edit.change.recorded ? [`where ${found} does not answer any more, give it up: kpaas up with --approve ${ifLost}`] : []),
    followUp(context, environment, edit.change.recorded !== undefined),
  ]);
}
