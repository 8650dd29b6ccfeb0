import type { Command } from "commander";
import type { Context } from "../../context";
import { registerRotate, registerUpgrade } from "./change";
import { registerExport } from "./export";
import { registerKubeconfig } from "./kubeconfig";
import { registerPreview } from "./preview";
import { registerCancel, registerDestroy, registerResume, registerUp } from "./run";
import { registerStatus } from "./status";

/** In the order of the help. */
const COMMANDS = [
  registerPreview,
  registerUp,
  registerUpgrade,
  registerRotate,
  registerStatus,
  registerKubeconfig,
  registerResume,
  registerCancel,
  registerDestroy,
  registerExport,
];

/** `kpaas fleet`: many environments, in waves. */
export function registerFleet(program: Command, context: Context): void {
  const fleet = program
    .command("fleet")
    .summary("many environments, in waves: preview, up, upgrade, rotate, status, kubeconfig, resume, cancel, destroy, export")
    .description("What is done with many environments at once, in the waves of a fleet file. Each command has its own --help.")
    .helpCommand(false)
    .addHelpText("after", "\nExample:\n  $ kpaas fleet preview");
  for (const register of COMMANDS) register(fleet, context);
}
