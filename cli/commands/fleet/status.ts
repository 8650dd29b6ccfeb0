import { type Command, Option } from "commander";
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
  readonly drift?: boolean;
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
    .addOption(new Option("--drift", "tell too what is there otherwise than recorded; takes longer").conflicts("offline"))
    .addOption(parallelOption())
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas fleet status")
    .action((file: string | undefined, flags: StatusFlags) => run(context, file, flags));
}

async function run(context: Context, file: string | undefined, flags: StatusFlags): Promise<void> {
  const { fleetStatus } = await import("../../../fleet/look.js");
  const request = await fleetRequest(context, file, flags);
  const status = await interruptible(context, ({ signal }) => fleetStatus(request, flags, signal));
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
    ...table(columnsFor(clusters), clusters, widthOf(context.stdout), colors),
    "",
    ...clusters.flatMap(driftedLines),
    colors.bold(`${fleet}: ${told}${how === "" ? "" : `; ${how}`}`),
  ];
}

function columnsFor(clusters: readonly ClusterStatus[]): readonly Column<ClusterStatus>[] {
  const has = (field: "live" | "drift") => clusters.some((cluster) => cluster[field] !== undefined);
  return [...RUN, ...(has("live") ? LIVE : []), ...(has("drift") ? DRIFT : [])];
}

/** The resources of a cluster that are otherwise than recorded. */
function driftedLines({ name, drift }: ClusterStatus): string[] {
  if (drift === undefined) return [];
  const { differ, gone, unknown } = drift;
  if (unknown !== undefined) return [`${name}: its drift cannot be told: ${unknown}`, ""];
  if (differ.length + gone.length === 0) return [];
  const lines = [...differ.map((each) => `  ~ ${each}`), ...gone.map((each) => `  - ${each}`)];
  return [`${name}: otherwise than recorded (\`kpaas refresh ${name} --dry-run\` shows in what)`, ...lines, ""];
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

/** What there is, beside what the file asks for where that is another. */
function versionBeside(is: string | undefined, wanted: string | undefined): string {
  if (is === undefined) return "-";
  return wanted === undefined || wanted === is ? is : `${is} (file: ${wanted})`;
}

const LIVE: readonly Column<ClusterStatus>[] = [
  { title: "RELEASE", value: ({ wantedRelease, live }) => versionBeside(live?.release, wantedRelease) },
  { title: "KUBERNETES", value: ({ wanted, live }) => versionBeside(live?.kubernetes, wanted) },
  { title: "NODES", value: ({ live }) => (live?.nodes === undefined ? "-" : `${live.nodes.ready}/${live.nodes.all}`) },
  { title: "CERTIFICATES END", value: ({ live }) => live?.certificatesEnd?.slice(0, 10) ?? "-" },
  { title: "HEALTH", value: ({ live }) => live?.health ?? "-" },
  { title: "NOTES", value: ({ live }) => live?.notes.join("; ") || "-" },
];

const DRIFT: readonly Column<ClusterStatus>[] = [
  {
    title: "DRIFT",
    value: ({ drift }) => {
      if (drift === undefined) return "-";
      const { differ, gone, unknown } = drift;
      const parts = [...(differ.length > 0 ? [`${differ.length} differ`] : []), ...(gone.length > 0 ? [`${gone.length} gone`] : [])];
      return unknown !== undefined ? "unknown" : parts.join(", ") || "none";
    },
  },
];
