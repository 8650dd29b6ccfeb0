import type { Command } from "commander";
import { isFields } from "../../model/data";
import { type Context, writeJson, writeLines } from "../context";
import { notUp } from "../not-up";
import { prepare } from "../operation";
import { maskSecrets } from "../outputs";
import { interruptible } from "../signals";

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
    .action((reference: string, options: OutputsOptions) => outputs(context, reference, options));
}

interface OutputsOptions {
  readonly sandbox?: boolean;
  readonly showSecrets?: boolean;
  readonly json?: boolean;
}

async function outputs(context: Context, reference: string, options: OutputsOptions): Promise<void> {
  const { target, loaded } = await prepare(context, reference, options);
  const engine = await context.modules.engine();
  const showSecrets = options.showSecrets === true;
  const found = await interruptible(context, (signals) => engine.readOutputs(target, { ...signals, showSecrets }));
  if (found === undefined) throw notUp(loaded.name, target.sandbox);
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
