import { statSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Wanted } from "../../../fleet/work";
import type { FleetPreview } from "../../../model/fleet/preview";
import { InvalidInputError } from "../../../model/problems";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "../../context";
import { type ApproveFlags, approveOption, type FleetFlags, fleetRequest, parallelOption, titleOf } from "../../fleet-run";
import { withFleetProgress } from "../../progress/fleet";
import { describeProblems } from "../../report";
import { interruptible } from "../../signals";
import { onlyOption, refuse } from "./change";

interface PreviewFlags extends Pick<FleetFlags, "sandbox" | "parallel" | "json">, ApproveFlags {
  readonly save?: string;
  readonly to?: string;
  readonly only?: readonly string[];
  readonly offline?: boolean;
  readonly markdown?: boolean;
  readonly html?: boolean;
}

/** `kpaas fleet preview`: what a fleet's `up` would do, in one document. */
export function registerPreview(fleet: Command, context: Context): void {
  fleet
    .command("preview")
    .summary("show waves, order and changes of all clusters in one document")
    .description(
      "Checks and plans the fleet and all its environments, previews every cluster, and shows in one document what `fleet up` would do. Changes nothing.",
    )
    .argument("[FILE]", "path of the fleet file; default: environments/fleet.yaml")
    .addOption(
      new Option("--offline", "go by files and locks alone: no engine, no credentials").conflicts([
        "sandbox",
        "parallel",
        "approve",
        "save",
        "to",
        "only",
      ]),
    )
    .option("--sandbox", "preview the clusters of the sandbox")
    .addOption(parallelOption())
    .addOption(approveOption())
    .option("--to <VERSION>", "what `fleet upgrade --to VERSION` would do")
    .addOption(onlyOption())
    .option("--save <FILE>", "keep it for `fleet up --plan FILE`, or `fleet upgrade`; one with refusals is not kept")
    .option("--json", "print it as JSON")
    .addOption(new Option("--markdown", "print Markdown to paste into a pull request").conflicts("json"))
    .addOption(new Option("--html", "print one page that needs nothing else").conflicts(["json", "markdown"]))
    .addHelpText("after", "\nExample:\n  $ kpaas fleet preview --markdown > preview.md")
    .action((file: string | undefined, flags: PreviewFlags) => run(context, file, flags));
}

async function run(context: Context, file: string | undefined, flags: PreviewFlags): Promise<void> {
  const [{ describeFleet, fleetMarkdown }, { fleetHtml }] = await Promise.all([
    import("../../fleet.js"),
    import("../../../model/fleet/html.js"),
  ]);
  const preview = await (flags.offline ? byFiles(context, file) : byEngine(context, file, flags));
  if (flags.json) writeJson(context, preview);
  else if (flags.html) context.stdout.write(fleetHtml(preview));
  else if (flags.markdown) writeLines(context.stdout, [fleetMarkdown(preview)]);
  else
    writeLines(context.stdout, describeFleet(preview, { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) }));
  refuse(context, preview);
}

async function byFiles(context: Context, file: string | undefined): Promise<FleetPreview> {
  const [{ findRoot }, { loadFleet }, { previewFleet }, { sharedProblems }] = await Promise.all([
    context.modules.environments(),
    import("../../../files/load-fleet.js"),
    import("../../../model/fleet/preview.js"),
    import("../../fleet.js"),
  ]);
  const { plan, members, problems } = loadFleet(file, findRoot(context.cwd));
  if (plan === undefined) throw new InvalidInputError(problems);
  writeLines(context.stderr, describeProblems(context, sharedProblems(problems)));
  return previewFleet(plan, members, { operation: "up" });
}

async function byEngine(context: Context, file: string | undefined, flags: PreviewFlags): Promise<FleetPreview> {
  const { fleetPreview } = await import("../../../fleet/look.js");
  const { to, only } = flags;
  const request = { ...(await fleetRequest(context, file, flags, flags.approve)), ...(only === undefined ? {} : { only }) };
  // Backups are no part of what is shown.
  const wanted: Wanted = to === undefined ? { operation: "up" } : { operation: "upgrade", to, backup: false };
  if (flags.save !== undefined) await requireReplaceable(context, flags.save);
  const saved = await interruptible(context, (signals) =>
    withFleetProgress(context, titleOf("fleet preview", flags), ({ tell }) => fleetPreview(request, wanted, { ...signals, tell })),
  );
  if (flags.save !== undefined && saved.preview.refusals.length === 0) {
    const { writeWhole } = await import("../../../host/files.js");
    writeWhole(resolve(context.cwd, flags.save), `${JSON.stringify(saved, undefined, 2)}\n`);
  }
  return saved.preview;
}

/** Refuses to write a preview over what is none, such as the fleet's file, before anybody waits for it. */
async function requireReplaceable(context: Context, file: string): Promise<void> {
  const [{ readIfThere }, { isSavedPreview }] = await Promise.all([
    import("../../../host/files.js"),
    import("../../../model/fleet/saved.js"),
  ]);
  const path = resolve(context.cwd, file);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const content = isFolder ? "" : readIfThere(path);
  if (content === undefined || isSavedPreview(content)) return;
  const reason = isFolder ? "is a folder" : "is there, and is no saved preview";
  throw new InvalidInputError([
    { environment: "", path: "--save", value: file, reason, remedy: "give another file, which may be new", severity: "error" },
  ]);
}
