import type { Command } from "commander";
import type { ClusterStatus, FleetStatus, Live } from "../../../model/fleet/status";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "../../context";
import { EXIT } from "../../exit";
import { type FleetFlags, fleetRequest, parallelOption } from "../../fleet-run";
import { Exit } from "../../report";
import { interruptible } from "../../signals";
import { type Column, table } from "../../table";
import { named } from "./run";

interface StatusFlags extends Pick<FleetFlags, "sandbox" | "parallel" | "json"> {
  readonly offline?: boolean;
}

/** `kpaas fleet status`: how far the run is, and how the clusters are. */
export function registerStatus(fleet: Command, context: Context): void {
  named(
    fleet
      .command("status")
      .summary("how far the run is, and how each cluster is: version, nodes, certificates, health")
      .description(
        "Shows how far each cluster of the last run is, and asks every cluster how it is, registered ones too. Ends with 1 where one is not healthy.",
      ),
  )
    .option("--offline", "the run alone: no cluster is asked")
    .addOption(parallelOption())
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas fleet status")
    .action((file: string | undefined, flags: StatusFlags) => run(context, file, flags));
}

async function run(context: Context, file: string | undefined, flags: StatusFlags): Promise<void> {
  const { fleetStatus } = await import("../../../fleet/look.js");
  const request = await fleetRequest(context, file, flags);
  const status = await interruptible(context, ({ signal }) => fleetStatus(request, flags.offline === true, signal));
  if (flags.json === true) writeJson(context, status);
  else writeLines(context.stdout, lines(context, status));
  if (status.clusters.some(({ live }) => live?.health === "not healthy")) throw new Exit(EXIT.failed);
}

function lines(context: Context, { fleet, run: last, clusters }: FleetStatus): string[] {
  const colors = colorsFor(context.stdout, context.env);
  const asked = clusters.flatMap(({ live }) => live ?? []);
  const done = clusters.filter(({ run: own }) => own?.status === "done").length;
  const inWaves = clusters.filter(({ wave }) => wave !== undefined).length;
  const told =
    last === undefined
      ? "no run here"
      : `${last.operation} ${last.outcome ?? "not ended"}, ${done} of ${inWaves} clusters${last.reason === undefined ? "" : ` (${last.reason})`}`;
  const counts = HEALTH.map((health) => [asked.filter((each) => each.health === health).length, health] as const);
  const how = counts.flatMap(([count, health]) => (count === 0 ? [] : [`${count} ${health}`])).join(", ");
  return [
    ...table(asked.length === 0 ? RUN : [...RUN, ...LIVE], clusters, widthOf(context.stdout), colors),
    "",
    colors.bold(`${fleet}: ${told}${how === "" ? "" : `; ${how}`}`),
  ];
}

/** The worst first. */
const HEALTH: readonly Live["health"][] = ["not healthy", "unknown", "to be seen to", "healthy"];

const RUN: readonly Column<ClusterStatus>[] = [
  { title: "WAVE", value: ({ wave = "(registered)" }) => wave },
  { title: "CLUSTER", value: ({ name }) => name },
  {
    title: "RUN",
    value: ({ run: own }) => [own?.status, own?.status === "done" ? undefined : own?.step].filter(Boolean).join(", ") || "-",
  },
  { title: "REASON", value: ({ run: own }) => own?.reason ?? "-" },
];

const LIVE: readonly Column<ClusterStatus>[] = [
  {
    title: "KUBERNETES",
    value: ({ wanted, live }) =>
      live?.kubernetes === undefined
        ? "-"
        : wanted === undefined || wanted === live.kubernetes
          ? live.kubernetes
          : `${live.kubernetes} (file: ${wanted})`,
  },
  { title: "NODES", value: ({ live }) => (live?.nodes === undefined ? "-" : `${live.nodes.ready}/${live.nodes.all}`) },
  { title: "CERTIFICATES END", value: ({ live }) => live?.certificatesEnd?.slice(0, 10) ?? "-" },
  { title: "HEALTH", value: ({ live }) => live?.health ?? "-" },
  { title: "NOTES", value: ({ live }) => live?.notes.join("; ") || "-" },
];
