import { type Command, Option } from "commander";
import { InvalidInputError } from "../../../model/problems";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "../../context";
import { describeFleet, fleetMarkdown, sharedProblems } from "../../fleet";
import { describeProblems } from "../../report";

interface PreviewFlags {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** `kpaas fleet preview`: what a fleet's `up` would do, in one document. */
export function registerPreview(fleet: Command, context: Context): void {
  fleet
    .command("preview")
    .summary("show waves, order and changes of all clusters in one document")
    .description(
      "Checks and plans the fleet and all its environments, and shows waves, order and what differs from the locks. Needs no engine and no credentials, and does not look at what stands.",
    )
    .argument("[FILE]", "path of the fleet file; default: environments/fleet.yaml")
    .option("--json", "print it as JSON")
    .addOption(new Option("--markdown", "print Markdown to paste into a pull request").conflicts("json"))
    .addHelpText("after", "\nExample:\n  $ kpaas fleet preview --markdown > preview.md")
    .action((file: string | undefined, flags: PreviewFlags) => run(context, file, flags));
}

async function run(context: Context, file: string | undefined, flags: PreviewFlags): Promise<void> {
  const [{ findRoot }, { loadFleet }, { previewFleet }] = await Promise.all([
    context.modules.environments(),
    import("../../../files/load-fleet.js"),
    import("../../../model/fleet/preview.js"),
  ]);
  const { plan, members, problems } = loadFleet(file, findRoot(context.cwd));
  if (plan === undefined) throw new InvalidInputError(problems);
  writeLines(context.stderr, describeProblems(context, sharedProblems(problems)));
  const preview = previewFleet(plan, members);
  if (flags.json) writeJson(context, preview);
  else if (flags.markdown) writeLines(context.stdout, [fleetMarkdown(preview)]);
  else
    writeLines(context.stdout, describeFleet(preview, { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) }));
}
