import { Argument, type Command } from "commander";
import { completionScript, SHELLS, type Shell } from "../completion";
import type { Context } from "../context";

/** `kpaas completion`: what makes a shell complete the command line. */
export function registerCompletion(program: Command, context: Context): void {
  program
    .command("completion")
    .summary("print the completion script of bash or zsh")
    .description(
      "Prints a script that completes commands, options, environments and machine keys. Put the example's line into ~/.bashrc or ~/.zshrc.",
    )
    .addArgument(new Argument("SHELL", "which shell").choices(SHELLS))
    .addHelpText("after", "\nExample:\n  $ kpaas completion bash > ~/.kpaas-completion && echo 'source ~/.kpaas-completion' >> ~/.bashrc")
    .action((shell: Shell) => {
      context.stdout.write(completionScript(program, shell));
    });
}
