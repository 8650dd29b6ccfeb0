import type { Command } from "commander";
import { InvalidInputError, type Problem } from "../../model/problems";
import { type Context, colorsFor, writeJson, writeLines } from "../context";
import { lockNotice, versionNotice } from "../lock";
import { badUsage, describeProblems } from "../report";

/** `kpaas check`: every problem of every environment, at once. */
export function registerCheck(program: Command, context: Context): void {
  program
    .command("check")
    .summary("parse and plan: every problem, no engine, no credentials")
    .description("Parses and plans environments and lists every problem at once. Needs no engine and no credentials.")
    .argument("[ENV...]", "names in environments/ or paths of files; all environments if left out")
    .option("--json", "print { problems: [...] }")
    .addHelpText("after", "\nExample:\n  $ kpaas check seoul busan")
    .action((references: string[], options: { json?: boolean }) => check(context, references, options.json === true));
}

async function check(context: Context, references: readonly string[], json: boolean): Promise<void> {
  const environments = await context.modules.environments();
  const root = environments.findRoot(context.cwd);
  const wanted = references.length > 0 ? references : environments.listEnvironments(root);
  if (wanted.length === 0) throw badUsage(`there is no environment file below ${root}`, "write one with `kpaas init NAME --provider P`");
  const problems: Problem[] = [];
  for (const reference of wanted) {
    try {
      const loaded = environments.loadEnvironment(reference, root);
      problems.push(...loaded.problems);
      writeLines(context.stderr, [...lockNotice(loaded), ...versionNotice(loaded)]);
      if (!json) writeLines(context.stdout, verdict(context, loaded.name, loaded.problems));
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      problems.push(...error.problems);
      if (!json) writeLines(context.stdout, verdict(context, reference, error.problems));
    }
  }
  if (problems.some((problem) => problem.severity === "error")) throw new InvalidInputError(problems);
  if (json) writeJson(context, { problems });
  else writeLines(context.stderr, describeProblems(context, problems));
}

function verdict(context: Context, name: string, problems: readonly Problem[]): string[] {
  const colors = colorsFor(context.stdout, context.env);
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const warnings = problems.length - errors;
  const counts = [errors > 0 ? plural(errors, "error") : "", warnings > 0 ? plural(warnings, "warning") : ""].filter((part) => part !== "");
  const text = counts.join(", ") || "ok";
  return [`${name}: ${errors > 0 ? colors.red(text) : warnings > 0 ? colors.yellow(text) : colors.green(text)}`];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
