import type { Command } from "commander";
import { type Context, colorsFor, writeJson, writeLines } from "../context";
import { EXIT } from "../exit";
import type { Finding } from "../finding";
import { Exit } from "../report";

/** `kpaas doctor`: what this machine has and lacks. */
export function registerDoctor(program: Command, context: Context): void {
  program
    .command("doctor")
    .summary("show what this machine has and lacks: runtime, engine, Ansible, backend, credentials, what answers")
    .description(
      "Looks at this machine: runtime, Pulumi engine, Ansible, backend, credentials, and whether cloud, registries, chart hosts and the bastions of private clusters answer. Exits with 0 when the sandbox can be used, else with 1.",
    )
    .option("--offline", "ask nothing over the network")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas doctor")
    .action((options: { offline?: boolean; json?: boolean }) => doctor(context, options.offline === true, options.json === true));
}

async function doctor(context: Context, offline: boolean, json: boolean): Promise<void> {
  const { diagnose } = await import("../doctor.js");
  const diagnosis = await diagnose(context, offline);
  if (json) writeJson(context, diagnosis);
  else {
    const colors = colorsFor(context.stdout, context.env);
    const marks: Readonly<Record<Finding["status"], string>> = {
      ok: colors.green("ok     "),
      warning: colors.yellow("warning"),
      missing: colors.red("missing"),
    };
    writeLines(context.stdout, [
      ...diagnosis.checks.flatMap(({ status, name, detail, remedy }) => [
        `${marks[status]}  ${name}: ${detail}`,
        ...(remedy === undefined ? [] : [`         ${colors.dim(remedy)}`]),
      ]),
      diagnosis.sandbox ? "The sandbox can be used." : "The sandbox cannot be used yet.",
    ]);
  }
  if (!diagnosis.sandbox) throw new Exit(EXIT.failed, "kpaas doctor");
}
