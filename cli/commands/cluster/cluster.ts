import type { Command } from "commander";
import type { Context } from "../../context";
import { registerBackup } from "./backup";
import { registerCheckHosts } from "./check";
import { registerHealth } from "./health";
import { registerImport } from "./import";
import { registerRenewCertificates } from "./renew-certificates";
import { registerReplaceNode } from "./replace-node";
import { registerRestore } from "./restore";
import { registerSteps } from "./steps";
import { registerUnlock } from "./unlock";
import { registerUpgrade } from "./upgrade";

/** In the order of the help. */
const COMMANDS = [
  registerSteps,
  registerHealth,
  registerCheckHosts,
  registerUpgrade,
  registerReplaceNode,
  registerRenewCertificates,
  registerBackup,
  registerRestore,
  registerUnlock,
  registerImport,
];

/** `kpaas cluster`: the cluster's own life. */
export function registerCluster(program: Command, context: Context): void {
  const cluster = program
    .command("cluster")
    .summary("the cluster's own life: steps, health, upgrades, backups, replaced nodes")
    .description("What is done with the cluster of an environment beside bringing it up. Each command has its own --help.")
    .helpCommand(false)
    .addHelpText("after", "\nExample:\n  $ kpaas cluster steps seoul");
  for (const register of COMMANDS) register(cluster, context);
}
