import type { Command } from "commander";
import type { Context } from "../../context";
import { registerStateBackup } from "./backup";
import { registerStateList } from "./list";
import { registerStateRecover } from "./recover";
import { registerStateRestore } from "./restore";
import { registerStateSecrets } from "./secrets";

/** In the order of the help. */
const COMMANDS = [registerStateList, registerStateBackup, registerStateRestore, registerStateRecover, registerStateSecrets];

/** `kpaas state`: what is recorded of environments. */
export function registerState(program: Command, context: Context): void {
  const state = program
    .command("state")
    .summary("what is recorded of environments: list, back up, restore, recover, another secrets provider")
    .description("What is done with the states of environments, and not with what they describe. Each command has its own --help.")
    .helpCommand(false)
    .addHelpText("after", "\nExample:\n  $ kpaas state list");
  for (const register of COMMANDS) register(state, context);
}
