import { type Command, Option } from "commander";
import { describeLockChanges } from "../../files/lock-problems";
import { InvalidInputError } from "../../model/problems";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "../context";
import { lockNotice, versionNotice } from "../lock";
import { planJson } from "../plan-json";
import { describeProblems } from "../report";
import { PLAN_PARTS, type PlanPart, viewPlan } from "../views";
import { warningsToShow } from "../warnings";

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
  const environments = await context.modules.environments();
  const root = environments.findRoot(context.cwd);
  const loaded = environments.loadEnvironment(reference, root);
  if (loaded.planned === undefined) throw new InvalidInputError(loaded.problems);
  writeLines(context.stderr, [...describeProblems(context, warningsToShow(root, loaded)), ...lockNotice(loaded), ...versionNotice(loaded)]);
  if (loaded.planned.lockState === "outdated") writeLines(context.stderr, describeLockChanges(loaded.planned.lockChanges));
  if (options.json) {
    writeJson(context, planJson(loaded.planned, options.show));
    return;
  }
  const lines = await viewPlan(loaded.planned.plan, options.show, {
    width: widthOf(context.stdout),
    colors: colorsFor(context.stdout, context.env),
  });
  writeLines(context.stdout, lines);
}
