import { type Command, Option } from "commander";
import { preview } from "../../operate/preview";
import type { Done } from "../../operate/ready";
import { type Context, colorsFor, widthOf, writeLines } from "../context";
import { addOperationOptions, type OperationFlags, printResult, requestOf } from "../operation";
import { operatorOf } from "../operator";
import { describeReport, reportFields, reportOf } from "../preview";

/** The options of `preview` beside those of every operation. */
interface PreviewFlags extends OperationFlags {
  readonly diff?: boolean;
  readonly full?: boolean;
  readonly markdown?: boolean;
  readonly to?: string;
}

/** `kpaas preview`: what `up` would do. */
export function registerPreview(program: Command, context: Context): void {
  addOperationOptions(
    program
      .command("preview")
      .summary("show what `up` would change, down to the kubespray steps")
      .description(
        "Shows what `up` would do: what is lost, moved or restarted, the kubespray steps and what they take, ports, and what changes. Changes nothing.",
      ),
  )
    .option("--diff", "show every property that changes, old and new")
    .option("--full", "as --diff, and list every resource, new ones too")
    .option("--to <VERSION>", "what it would do once `cluster upgrade --to VERSION` had written that into the file")
    .addOption(new Option("--markdown", "print Markdown to paste into a pull request").conflicts(["json", "diff", "full"]))
    .addHelpText("after", "\nExample:\n  $ kpaas preview seoul --markdown > preview.md")
    .action((reference: string, flags: PreviewFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: PreviewFlags): Promise<void> {
  const { target, result, notes } = await look(context, reference, flags);
  const { plan, sandbox, layer } = target;
  const report = await reportOf(plan, layer, result);
  if (flags.markdown === true) {
    const { toMarkdown } = await import("../../model/preview/markdown.js");
    const where = [...(layer ? [`layer ${layer}`] : []), ...(sandbox ? ["in the sandbox"] : [])];
    writeLines(context.stdout, [toMarkdown(report, ["Preview of", plan.environment, ...where].join(" ")).trimEnd()]);
    return;
  }
  const depth = flags.full === true ? "full" : flags.diff === true ? "diff" : "short";
  const style = { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) };
  const lines = await describeReport(report, depth, style);
  printResult(context, result, flags.json === true, () => [...notes, ...lines], { ...reportFields(plan, report), notes });
}

async function look(context: Context, reference: string, flags: PreviewFlags): Promise<Done & { readonly notes: readonly string[] }> {
  const request = await requestOf(context, reference, flags);
  if (flags.to === undefined) return { ...(await preview(request, operatorOf(context), context.modules)), notes: [] };
  const { previewUpgrade } = await import("../../operate/cluster/upgrade.js");
  const done = await previewUpgrade(request, flags.to, operatorOf(context), context.modules);
  return { ...done, notes: done.edit?.notes ?? [] };
}
