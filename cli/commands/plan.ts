import { type Command, Option } from "commander";
import { describeLockChanges } from "../../files/lock-problems";
import type { PlannedEnvironment } from "../../model/plan/plan";
import { makeReady } from "../../operate/ready";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "../context";
import { lockNotice, versionNotice } from "../lock";
import { requestOf } from "../operation";
import { operatorOf } from "../operator";
import { planJson } from "../plan-json";
import { badUsage } from "../report";
import { PLAN_PARTS, type PlanPart, viewPlan } from "../views";

/** `kpaas plan`: the pure plan, as tables or JSON. */
export function registerPlan(program: Command, context: Context): void {
  program
    .command("plan")
    .summary("show the pure plan: machines, network, flows, inventory, services, images")
    .description("Shows what an environment will be, computed from its file and lock alone. Needs no engine and no credentials.")
    .argument("ENV", "name in environments/ or path of a file")
    .addOption(new Option("--show <part>", "only this part").choices([...PLAN_PARTS, "airgap", "cost"]))
    .option("--prices <FILE>", "with cost, the list of the cloud's prices: none comes along")
    .addOption(
      new Option("--format <format>", "of the flows: a table, a request by addresses, or rules of hosts; of the bom: CycloneDX 1.6")
        .choices(FORMATS)
        .default("table"),
    )
    .option("--host <KEY>", "with nftables, those of this host only")
    .option("--json", "print the plan as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas plan seoul --show flows\n  $ kpaas plan seoul --show cost --prices prices.yaml")
    .action((reference: string, options: PlanOptions) => plan(context, reference, options, program.version() ?? ""));
}

const FORMATS = ["table", "csv", "nftables", "cyclonedx"] as const;

interface PlanOptions {
  readonly show?: PlanPart | "airgap" | "cost";
  readonly prices?: string;
  readonly format: (typeof FORMATS)[number];
  readonly host?: string;
  readonly json?: boolean;
}

async function plan(context: Context, reference: string, options: PlanOptions, version: string): Promise<void> {
  const shown = options.format === "cyclonedx" ? "bom" : "flows";
  if (options.format !== "table" && options.show !== shown)
    throw badUsage(`only ${shown === "bom" ? "the bom" : "flows"} can be shown as ${options.format}`, `add --show ${shown}`, reference);
  if (options.host !== undefined && options.format !== "nftables")
    throw badUsage("--host chooses among the rules of hosts", "add --format nftables", reference);
  if (options.show === "cost" || options.prices !== undefined) return cost(context, reference, options);
  const { show } = options;
  const planned = await planOf(context, reference);
  if (show === "airgap") return await showPulled(context, planned, options);
  if (options.format === "cyclonedx") {
    const { cycloneDx } = await import("../cyclonedx.js");
    writeJson(context, cycloneDx(planned.plan, version));
    return;
  }
  if (options.format === "nftables") {
    const { hostRules, viewRules } = await import("../host-rules.js");
    const rules = hostRules(planned.plan, options.host);
    if (options.json) writeJson(context, { environment: planned.plan.environment, nftables: rules });
    else writeLines(context.stdout, viewRules(rules));
    return;
  }
  if (options.format === "csv") {
    const { requestFlows, viewRequest } = await import("../flow-request.js");
    const flows = requestFlows(planned.plan);
    if (options.json) writeJson(context, { environment: planned.plan.environment, request: flows });
    else writeLines(context.stdout, viewRequest(flows));
    return;
  }
  if (options.json) {
    if (show === "rotation") {
      const { plannedRotation, rotationFields } = await import("../rotation.js");
      writeJson(context, { environment: planned.plan.environment, ...rotationFields(await plannedRotation(planned.plan)) });
    } else if (show !== "permissions") writeJson(context, planJson(planned, show));
    else {
      const { permissionsOf } = await import("../permissions.js");
      const { document, controlPlanes } = await permissionsOf(planned.plan);
      writeJson(context, {
        environment: planned.plan.environment,
        permissions: document ?? null,
        ...(controlPlanes === undefined ? {} : { controlPlanes }),
      });
    }
    return;
  }
  const lines = await viewPlan(planned.plan, show, {
    width: widthOf(context.stdout),
    colors: colorsFor(context.stdout, context.env),
  });
  writeLines(context.stdout, lines);
}

/** The plan, with what is to be said of its lock and versions. */
async function planOf(context: Context, reference: string): Promise<PlannedEnvironment> {
  const { loaded, planned } = await makeReady(await requestOf(context, reference, {}), operatorOf(context), context.modules);
  writeLines(context.stderr, [...lockNotice(loaded), ...versionNotice(loaded)]);
  if (planned.lockState === "outdated") writeLines(context.stderr, describeLockChanges(planned.lockChanges));
  return planned;
}

/** All that the environment pulls. */
async function showPulled(context: Context, { plan }: PlannedEnvironment, { json }: PlanOptions): Promise<void> {
  const [{ viewEntries }, { pulledBy }] = await Promise.all([import("../airgap.js"), import("../../operate/airgap/list.js")]);
  const { findRoot } = await context.modules.environments();
  const entries = pulledBy(plan, findRoot(context.cwd));
  if (json) writeJson(context, { environment: plan.environment, airgap: entries });
  else writeLines(context.stdout, viewEntries(entries, { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) }));
}

async function cost(context: Context, reference: string, { show, prices, json }: PlanOptions): Promise<void> {
  if (show !== "cost") throw badUsage("--prices is the list that a plan's cost goes by", "add --show cost", reference);
  if (prices === undefined)
    throw badUsage(
      "no prices are given, and none come along",
      "add --prices FILE; `kpaas schema prices` prints the file's form",
      reference,
    );
  const { costJson, priced, viewCost } = await import("../cost.js");
  const found = await priced(planOf(context, reference), prices, context.cwd);
  if (json) writeJson(context, costJson(found));
  else writeLines(context.stdout, viewCost(found, { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) }));
}
