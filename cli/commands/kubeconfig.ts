import type { Command } from "commander";
import type { Context } from "../context";
import { findKubeconfigs, type KubeconfigFlags, putKubeconfigs, ttlOption } from "../kubeconfig-file";

/** `kpaas kubeconfig`: one file for many clusters. */
export function registerKubeconfig(program: Command, context: Context): void {
  program
    .command("kubeconfig")
    .summary("print one kubeconfig for one or more environments")
    .description(
      "Prints a kubeconfig in which cluster, user and context bear the environment's name, so that many fit into one. It is a secret.",
    )
    .argument("ENV...", "names in environments/ or paths of files")
    .option("--sandbox", "of the sandbox")
    .addOption(ttlOption())
    .option("--token", "log in by a token of an account with the rights of K-PaaS's portal, good for an hour or as long as --ttl says")
    .option("--output <FILE>", "write there, readable by its owner only, instead of standard output")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas kubeconfig seoul busan --output ~/.kube/korea")
    .action(async (references: string[], flags: KubeconfigFlags) =>
      putKubeconfigs(context, await findKubeconfigs(context, references, flags), flags),
    );
}
