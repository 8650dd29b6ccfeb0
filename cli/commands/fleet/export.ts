import { relative, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Exported } from "../../../fleet/export";
import type { Via } from "../../../model/fleet/via";
import { type Context, writeJson, writeLines } from "../../context";
import { EXIT } from "../../exit";
import { Exit } from "../../report";
import { commandLine } from "../../typed";

interface ExportFlags {
  readonly via: Via;
  readonly file?: string;
  readonly commit?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

const VIAS = ["operator", "github", "gitlab"] as const satisfies readonly Via[];

/** `kpaas fleet export`: writes a fleet down for whoever else brings its clusters up. */
export function registerExport(fleet: Command, context: Context): void {
  fleet
    .command("export")
    .summary("write the fleet down for the Pulumi Kubernetes Operator, GitHub Actions or GitLab CI")
    .description(
      "Writes files by which somebody else brings the fleet's clusters up. What cannot be said there, or cannot work there, is refused. Holds no secret.",
    )
    .argument("<FOLDER>", "where they go")
    .addOption(new Option("--via <WHO>", "for whom").choices(VIAS).makeOptionMandatory())
    .option("--file <FILE>", "path of the fleet file; default: environments/fleet.yaml")
    .addOption(commitOption())
    .option("--check", "write nothing; end with 3 where the folder is not up to date")
    .option("--json", "print which files were written as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas fleet export --via operator deploy --commit $(git rev-parse HEAD)")
    .action((folder: string, flags: ExportFlags) => run(context, folder, flags));
}

/** Which commit of the project is meant. */
function commitOption(): Option {
  const option = new Option("--commit <COMMIT>", "the commit that the operator brings up, whole; with --check: default: that of the files");
  return option.argParser((text) => {
    if (!/^[0-9a-f]{40}$/.test(text)) throw new InvalidArgumentError("It must be a commit's 40 hexadecimal digits.");
    return text;
  });
}

async function run(context: Context, folder: string, { via, file, commit, check = false, json = false }: ExportFlags): Promise<void> {
  const [{ exportFleet }, { findRoot }] = await Promise.all([import("../../../fleet/export.js"), context.modules.environments()]);
  const to = resolve(context.cwd, folder);
  const exported = exportFleet({
    ...{ file, root: findRoot(context.cwd), via, folder: to, check },
    ...(commit === undefined ? {} : { commit }),
  });
  if (json) writeJson(context, exported);
  else writeLines(context.stdout, lines(exported, relative(context.cwd, to) || ".", check));
  if (check && exported.changed.length + exported.removed.length > 0)
    throw new Exit(EXIT.refused, commandLine(["fleet", "export", "--via", via, folder]));
}

function lines({ same, changed, removed }: Exported, folder: string, check: boolean): string[] {
  const [wrote, deleted] = check ? ["is not up to date", "is left over"] : ["written", "deleted"];
  return [
    ...changed.map((name) => `${folder}/${name}: ${wrote}`),
    ...removed.map((name) => `${folder}/${name}: ${deleted}`),
    `${same.length} of ${same.length + changed.length} files ${check ? "are" : "were"} up to date`,
  ];
}
