import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { asking } from "../../asking";
import { type Context, writeLines } from "../../context";
import { type ApproveFlags, approveOption, type FleetFlags, fleetRequest, parallelOption, reportOption, runFleet } from "../../fleet-run";
import { badUsage } from "../../report";

interface UpFlags extends FleetFlags, ApproveFlags {
  readonly wave?: string;
  readonly via?: "operator";
  readonly plan?: string;
}

interface ResumeFlags extends FleetFlags {
  readonly approve?: readonly string[];
}

interface DestroyFlags extends FleetFlags {
  readonly approve?: string;
  readonly via?: "operator";
}

/** `kpaas fleet up`: brings all clusters to what their files say, in waves. */
export function registerUp(fleet: Command, context: Context): void {
  withOptions(
    fleet
      .command("up")
      .summary("bring all clusters to what their files say, in waves")
      .description(
        "Previews every cluster, asks, and brings them up in waves, each by a process of its own. A cluster whose preview is not the approved one any more stops the run.",
      ),
  )
    .option("--yes", "do not ask")
    .addOption(approveOption())
    .addOption(
      new Option("--plan <FILE>", "go by what `fleet preview --save FILE` has shown, in place of a new preview").conflicts("approve"),
    )
    .option("--wave <NAME>", "this wave alone, which counts as approved by that; those before it have to be up")
    .addOption(
      new Option("--via <WHO>", "have the Pulumi Kubernetes Operator bring the clusters up, as the fleet's file names it")
        .choices(["operator"])
        .conflicts("sandbox"),
    )
    .addHelpText("after", "\nExample:\n  $ kpaas fleet up --sandbox --yes --report report.xml")
    .action(async (file: string | undefined, flags: UpFlags) => {
      const [{ checkChange, fleetChange }, { readIfThere }] = await Promise.all([
        import("../../../fleet/fleet.js"),
        import("../../../host/files.js"),
      ]);
      const { via, wave } = flags;
      const more = { ...(via === undefined ? {} : { via }), ...(wave === undefined ? {} : { wave }) };
      const request = { ...(await fleetRequest(context, file, flags, flags.approve)), ...more };
      const saved = flags.plan === undefined ? undefined : { file: flags.plan, content: readIfThere(resolve(context.cwd, flags.plan)) };
      await runFleet(
        context,
        flags,
        "fleet up",
        (operator) => fleetChange(request, { operation: "up" }, operator, saved),
        () => checkChange(request, { operation: "up" }),
      );
    });
}

/** `kpaas fleet resume`: goes on with a run. */
export function registerResume(fleet: Command, context: Context): void {
  withOptions(
    fleet
      .command("resume")
      .summary("go on with a run that was broken off, stopped, cancelled or waits for approval")
      .description("Goes on where the run is. What was finished is not done again; what failed is tried again."),
  )
    .option("--approve <WAVE>", "approve a wave; repeatable", (wave: string, before: readonly string[] = []) => [...before, wave])
    .addHelpText("after", "\nExample:\n  $ kpaas fleet resume --approve rest")
    .action(async (file: string | undefined, flags: ResumeFlags) => {
      const { fleetResume } = await import("../../../fleet/fleet.js");
      const request = await fleetRequest(context, file, flags);
      await runFleet(context, { ...flags, yes: true }, "fleet resume", (operator) => fleetResume(request, flags.approve ?? [], operator));
    });
}

/** `kpaas fleet destroy`: takes all clusters down, in reverse. */
export function registerDestroy(fleet: Command, context: Context): void {
  withOptions(
    fleet
      .command("destroy")
      .summary("take all clusters down, in reverse order")
      .description("Destroys every environment of the fleet in reverse order, after asking for the fleet's name."),
  )
    .option("--yes", "do not ask, and name nothing that is lost")
    .addOption(
      new Option("--approve <NAME>", "the fleet's name, in place of typing it: what is lost is named all the same").conflicts("yes"),
    )
    .addOption(new Option("--via <WHO>", "refused: the operator destroys nothing, this machine does").choices(["operator"]).hideHelp())
    .addHelpText("after", "\nExample:\n  $ kpaas fleet destroy --approve korea")
    .action(async (file: string | undefined, { approve, via, ...flags }: DestroyFlags) => {
      if (via !== undefined)
        throw badUsage(
          "the operator destroys nothing: a Stack that is deleted leaves its cluster as it is, so that none goes by a slip in a manifest",
          "delete the fleet's Stacks (docs/fleet-export.md), then `kpaas fleet destroy` takes the clusters down from here, by the same backend",
        );
      const [{ fleetDestroy }, { readFleet }] = await Promise.all([import("../../../fleet/fleet.js"), import("../../../fleet/request.js")]);
      const request = await fleetRequest(context, file, flags);
      await runFleet(
        context,
        { ...flags, named: approve },
        "fleet destroy",
        (operator) => fleetDestroy(request, operator, approve),
        () =>
          void asking(
            context,
            "fleet destroy",
            `add --approve ${readFleet(request).plan.fleet}: what is lost is told, and nobody is asked`,
          ),
      );
    });
}

/** `kpaas fleet cancel`: has a run end where it safely can. */
export function registerCancel(fleet: Command, context: Context): void {
  named(
    fleet
      .command("cancel")
      .summary("have a run end: nothing new is begun, and what is under way ends")
      .description("Asks a run to end at the next safe point: nothing new is begun, and what is under way ends. `resume` goes on with it."),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas fleet cancel")
    .action(async (file: string | undefined, flags: FleetFlags) => {
      const { fleetCancel } = await import("../../../fleet/fleet.js");
      const heard = fleetCancel(await fleetRequest(context, file, flags));
      const line = heard
        ? "nothing new is begun, and what is under way ends: `kpaas fleet status` shows how far that is"
        : "no runner works on the fleet: there is nothing to cancel";
      writeLines(context.stdout, [line]);
    });
}

/** The argument and the option that all of them take. */
export function named(command: Command): Command {
  return command
    .argument("[FILE]", "path of the fleet file; default: environments/fleet.yaml")
    .option("--sandbox", "its run in the sandbox: simulated clouds, and a state of their own");
}

/** The options of what works on a fleet. */
export function withOptions(command: Command): Command {
  return named(command).addOption(parallelOption()).addOption(reportOption()).option("--json", "print the report as JSON");
}
