import type { Command } from "commander";
import { approval, type OperationFlags } from "../../operation";

/** The options of the commands below `kpaas cluster`. */
export type ClusterFlags = Pick<OperationFlags, "sandbox" | "yes" | "approve" | "json">;

/** The argument and the options that all of them take. */
export function ofCluster(command: Command): Command {
  return command
    .argument("ENV", "name in environments/ or path of a file")
    .option("--sandbox", "the cluster of the sandbox")
    .option("--json", "print the result as JSON");
}

/** The option of those that ask. */
export function asking(command: Command): Command {
  return command.option("--yes", "do not ask");
}

/** The option of those that show what an operation would do. */
export function approving(command: Command): Command {
  return command.option("--approve <KEY:ACTION>", "show the steps with this dangerous change let through; repeatable", approval);
}
