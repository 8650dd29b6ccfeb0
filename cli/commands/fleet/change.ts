import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Wanted } from "../../../fleet/work";
import type { FleetPreview } from "../../../model/fleet/preview";
import { refusalProblems } from "../../../model/fleet/preview";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "../../context";
import { several } from "../../data";
import { EXIT } from "../../exit";
import { type ApproveFlags, approveOption, type FleetFlags, fleetRequest, runFleet, titleOf } from "../../fleet-run";
import { withFleetProgress } from "../../progress/fleet";
import { describeProblems, Exit } from "../../report";
import { interruptible } from "../../signals";
import { withOptions } from "./run";

/** The options of what changes a fleet beside its files. */
interface ChangeFlags extends FleetFlags, ApproveFlags {
  readonly only?: readonly string[];
  readonly dryRun?: boolean;
}

interface UpgradeFlags extends ChangeFlags {
  readonly to: string;
  readonly plan?: string;
  readonly backup: boolean;
  readonly encryptTo?: string;
}

interface RotateFlags extends ChangeFlags {
  readonly service?: readonly string[];
}

/** `kpaas fleet upgrade`: brings all clusters to another version, in waves. */
export function registerUpgrade(fleet: Command, context: Context): void {
  changing(
    fleet
      .command("upgrade")
      .summary("bring all clusters to another version of Kubernetes or release of K-PaaS, in waves")
      .description(
        "Previews the way of every cluster to the version, asks, and goes it in waves: what services keep is backed up, the version is written into the cluster's file and lock, it is brought up, and looked at. Files of clusters whose turn has not come stay as they are.",
      ),
  )
    .requiredOption("--to <VERSION>", "a version of Kubernetes (1.34.3, or 1.34 for its newest) or a K-PaaS release")
    .addOption(
      new Option("--plan <FILE>", "go by what `fleet preview --to VERSION --save FILE` has shown, in place of a new preview").conflicts([
        "approve",
        "dryRun",
      ]),
    )
    .option("--encrypt-to <FILE>", "the certificate that backups are encrypted to; default: cluster.backups.etcd.encryptTo of each file")
    .option("--no-backup", "make no backups before: they are made otherwise")
    .addHelpText("after", "\nExample:\n  $ kpaas fleet upgrade --to 1.7.0+maintained --dry-run")
    .action(async (file: string | undefined, flags: UpgradeFlags) => {
      const { to, backup, encryptTo } = flags;
      const path = encryptTo === undefined ? {} : { encryptTo: resolve(context.cwd, encryptTo) };
      await run(context, file, flags, { operation: "upgrade", to, backup, ...path });
    });
}

/** `kpaas fleet rotate`: exchanges the services' secrets of all clusters, in waves. */
export function registerRotate(fleet: Command, context: Context): void {
  changing(
    fleet
      .command("rotate")
      .summary("exchange the services' passwords of all clusters for others, in waves")
      .description(
        "Shows what would be exchanged and what restarts for it, asks, and exchanges it in waves, each by the cluster's own `kpaas rotate`. Clusters that have nothing of it are left as they are.",
      ),
  )
    .option("--service <S>", "this service only; repeatable", several)
    .addHelpText("after", "\nExample:\n  $ kpaas fleet rotate --dry-run")
    .action(async (file: string | undefined, { service, ...flags }: RotateFlags) =>
      run(context, file, flags, { operation: "rotate", ...(service === undefined ? {} : { services: service }) }),
    );
}

function changing(command: Command): Command {
  return withOptions(command)
    .option("--yes", "do not ask")
    .option("--dry-run", "show what would be done in one document, and change nothing")
    .addOption(onlyOption())
    .addOption(approveOption());
}

/** Some of a fleet's clusters. */
export function onlyOption(): Option {
  return new Option("--only <CLUSTER>", "a cluster by name or glob: the others are left as they are; repeatable").argParser(several);
}

async function run(
  context: Context,
  file: string | undefined,
  flags: ChangeFlags & { readonly plan?: string },
  wanted: Wanted,
): Promise<void> {
  const request = {
    ...(await fleetRequest(context, file, flags, flags.approve)),
    ...(flags.only === undefined ? {} : { only: flags.only }),
  };
  if (flags.dryRun === true) {
    const { fleetPreview } = await import("../../../fleet/look.js");
    const title = titleOf(`fleet ${wanted.operation}`, flags);
    const { preview } = await interruptible(context, (signals) =>
      withFleetProgress(context, title, ({ tell }) => fleetPreview(request, wanted, { ...signals, tell })),
    );
    await show(context, preview, flags.json === true);
    refuse(context, preview);
    return;
  }
  const [{ checkChange, fleetChange }, { readIfThere }] = await Promise.all([
    import("../../../fleet/fleet.js"),
    import("../../../host/files.js"),
  ]);
  const saved = flags.plan === undefined ? undefined : { file: flags.plan, content: readIfThere(resolve(context.cwd, flags.plan)) };
  await runFleet(
    context,
    flags,
    `fleet ${wanted.operation}`,
    (operator) => fleetChange(request, wanted, operator, saved),
    () => checkChange(request, wanted),
  );
}

async function show(context: Context, preview: FleetPreview, json: boolean): Promise<void> {
  if (json) writeJson(context, preview);
  else {
    const { describeFleet } = await import("../../fleet.js");
    writeLines(context.stdout, describeFleet(preview, { width: widthOf(context.stdout), colors: colorsFor(context.stdout, context.env) }));
  }
}

/** Ends the command where something is refused, with all of it. */
export function refuse(context: Context, preview: FleetPreview): void {
  if (preview.refusals.length === 0) return;
  writeLines(context.stderr, describeProblems(context, refusalProblems(preview)));
  throw new Exit(EXIT.refused);
}
