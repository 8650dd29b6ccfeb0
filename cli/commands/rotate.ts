import type { Command } from "commander";
import { type Context, colorsFor, widthOf } from "../context";
import { several } from "../data";
import { approval, type OperationFlags, printResult, requestOf } from "../operation";
import { operatorOf } from "../operator";
import { describeRotation, rotationFields } from "../rotation";
import { summarize } from "../summary";

interface RotateFlags extends Omit<OperationFlags, "layer"> {
  readonly service?: readonly string[];
  readonly dryRun?: boolean;
}

/** `kpaas rotate`: exchanges generated secrets of services for others. */
export function registerRotate(program: Command, context: Context): void {
  program
    .command("rotate")
    .summary("exchange the services' passwords for others, after showing what restarts")
    .description(
      "Exchanges what is generated for the services (accounts, passwords, keys) for others, after showing what restarts and for how long. Where a service can hold two, the new one is valid before the old one ends. What is broken off is gone on with by the same command, or by `kpaas up`.",
    )
    .argument("ENV", "name in environments/ or path of a file")
    .option("--service <S>", "this service only; repeatable", several)
    .option("--sandbox", "use simulated clouds and a state of their own under .kpaas/; needs no account")
    .option("--yes", "do not ask")
    .option("--approve <KEY:ACTION>", "let one dangerous change of this command's plan through; repeatable", approval)
    .option("--dry-run", "show what would be exchanged and changed, and change nothing")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas plan seoul --show rotation\n  $ kpaas rotate seoul")
    .action((reference: string, flags: RotateFlags) => (flags.dryRun === true ? look : run)(context, reference, flags));
}

async function look(context: Context, reference: string, flags: RotateFlags): Promise<void> {
  const [{ previewRotation }, { describeReport, reportFields, reportOf }] = await Promise.all([
    import("../../operate/rotate.js"),
    import("../preview.js"),
  ]);
  const request = await requestOf(context, reference, flags);
  const { target, result, rotation } = await previewRotation(request, flags.service, operatorOf(context), context.modules);
  const report = await reportOf(target.plan, undefined, result);
  const style = { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) };
  const lines = [...describeRotation(rotation, style), "", ...(await describeReport(report, "short", style))];
  printResult(context, result, flags.json === true, () => lines, { ...reportFields(target.plan, report), ...rotationFields(rotation) });
}

async function run(context: Context, reference: string, flags: RotateFlags): Promise<void> {
  const { rotate } = await import("../../operate/rotate.js");
  const request = await requestOf(context, reference, flags);
  const operator = operatorOf(context, flags.yes);
  const { target, result, rotation } = await rotate(request, flags.service, operator, context.modules);
  const style = { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) };
  // Who was asked has seen it.
  const seen = flags.yes === true ? describeRotation(rotation, style) : [];
  const lines = () => [...seen, ...summarize(target, result, style, context.typed?.command)];
  printResult(context, result, flags.json === true, lines, rotationFields(rotation));
}
