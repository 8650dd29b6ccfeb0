import type { Command } from "commander";
import { isFields } from "../../model/data";
import { outputs } from "../../operate/outputs";
import { makeReady } from "../../operate/ready";
import { type Context, writeJson, writeLines } from "../context";
import { requestOf } from "../operation";
import { operatorOf } from "../operator";
import { maskSecrets } from "../outputs";

/** `kpaas outputs`: what came of the last `up`. */
export function registerOutputs(program: Command, context: Context): void {
  program
    .command("outputs")
    .summary("show what came of the last `up`: endpoint, nodes, URLs, credentials")
    .description("Shows an environment's outputs. Secrets are masked unless --show-secrets is given.")
    .argument("ENV", "name in environments/ or path of a file")
    .option("--sandbox", "of the sandbox")
    .option("--show-secrets", "print the kubeconfig and credentials in clear")
    .option("--json", "print the outputs as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas outputs demo --sandbox --show-secrets")
    .action((reference: string, options: OutputsOptions) => run(context, reference, options));
}

interface OutputsOptions {
  readonly sandbox?: boolean;
  readonly showSecrets?: boolean;
  readonly json?: boolean;
}

async function run(context: Context, reference: string, options: OutputsOptions): Promise<void> {
  const operator = operatorOf(context);
  const ready = await makeReady(await requestOf(context, reference, options), operator, context.modules);
  const showSecrets = options.showSecrets === true;
  const found = await outputs(ready, operator, showSecrets, context.modules);
  const shown = showSecrets ? found : maskSecrets(found);
  if (options.json) {
    writeJson(context, shown);
    return;
  }
  const { stringify } = await import("yaml");
  // What the guard keeps for itself is of no use to a reader.
  const { applied: _applied, ...readable } = isFields(shown) ? shown : {};
  writeLines(context.stdout, [stringify(readable, { lineWidth: 0 }).trimEnd()]);
}
