import { type Command, Option } from "commander";
import { describeLockChanges } from "../../files/lock-problems";
import { makeReady } from "../../operate/ready";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "../context";
import { lockNotice, versionNotice } from "../lock";
import { requestOf } from "../operation";
import { operatorOf } from "../operator";
import { planJson } from "../plan-json";
import { PLAN_PARTS, type PlanPart, viewPlan } from "../views";

/** `kpaas plan`: the pure plan, as tables or JSON. */
export function registerPlan(program: Command, context: Context): void {
  program
    .command("plan")
    .summary("show the pure plan: machines, network, flows, inventory, services, images")
    .description("Shows what an environment will be, computed from its file and lock alone. Needs no engine and no credentials.")
    .argument("ENV", "name in environments/ or path of a file")
    .addOption(new Option("--show <part>", "only this part").choices(PLAN_PARTS))
    .option("--json", "print the plan as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas plan seoul --show flows")
    .action((reference: string, options: { show?: PlanPart; json?: boolean }) => plan(context, reference, options));
}

async function plan(context: Context, reference: string, options: { show?: PlanPart; json?: boolean }): Promise<void> {
  const { loaded, planned } = await makeReady(await requestOf(context, reference, {}), operatorOf(context), context.modules);
  writeLines(context.stderr, [...lockNotice(loaded), ...versionNotice(loaded)]);
  if (planned.lockState === "outdated") writeLines(context.stderr, describeLockChanges(planned.lockChanges));
  if (options.json) {
    writeJson(context, planJson(planned, options.show));
    return;
  }
  const lines = await viewPlan(planned.plan, options.show, {
    width: widthOf(context.stdout),
    colors: colorsFor(context.stdout, context.env),
  });
  writeLines(context.stdout, lines);
}
