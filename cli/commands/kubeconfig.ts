import { resolve } from "node:path";
import type { Command } from "commander";
import { PRIVATE, writeWhole } from "../../host/files";
import { notUp, outputs } from "../../operate/outputs";
import { makeReady } from "../../operate/ready";
import { type Context, writeJson, writeLines } from "../context";
import { mergeKubeconfigs, type NamedKubeconfig } from "../kubeconfig";
import { requestOf } from "../operation";
import { operatorOf } from "../operator";

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
    .option("--output <FILE>", "write there, readable by its owner only, instead of standard output")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas kubeconfig seoul busan --output ~/.kube/korea")
    .action((references: string[], options: KubeconfigOptions) => kubeconfig(context, references, options));
}

interface KubeconfigOptions {
  readonly sandbox?: boolean;
  readonly output?: string;
  readonly json?: boolean;
}

async function kubeconfig(context: Context, references: readonly string[], options: KubeconfigOptions): Promise<void> {
  const { parse, stringify } = await import("yaml");
  const operator = operatorOf(context);
  const found: NamedKubeconfig[] = [];
  for (const reference of references) {
    const ready = await makeReady(await requestOf(context, reference, options), operator, context.modules);
    const { target, loaded } = ready;
    const { kubeconfig: text } = await outputs(ready, operator, true, context.modules);
    if (text === undefined) throw notUp(loaded.name, target.sandbox);
    if (!target.sandbox && target.plan.access.api === "bastion") {
      const name = loaded.name;
      writeLines(context.stderr, [`the API of ${name} is private: keep \`kpaas ssh ${name} --forward\` running while you use it`]);
    }
    found.push({ environment: loaded.name, kubeconfig: typeof text === "string" ? parse(text) : text });
  }
  const merged = mergeKubeconfigs(found);
  const text = options.json ? `${JSON.stringify(merged, undefined, 2)}\n` : stringify(merged, { lineWidth: 0 });
  if (options.output !== undefined) {
    const file = resolve(context.cwd, options.output);
    writeWhole(file, text, { mode: PRIVATE });
    writeLines(context.stderr, [`wrote ${file}`]);
  } else if (options.json) writeJson(context, merged);
  else context.stdout.write(text);
}
