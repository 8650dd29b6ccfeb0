import type { LiveCluster, RunnerEvent } from "../../fleet/runner";
import type { Colors } from "../context";
import { printable } from "../printable";
import { cut } from "./render";
import { clock } from "./state";

/** One cluster as it is shown. */
export interface ClusterLine extends LiveCluster {
  /** How long it has been so. */
  readonly milliseconds: number;
  /** What its step has said last. */
  readonly says?: string;
}

/** What is known of a fleet while it is worked on. */
export interface FleetView {
  readonly title: string;
  readonly milliseconds: number;
  readonly lines: readonly ClusterLine[];
  /** Why nothing is begun. */
  readonly waiting: string;
}

export interface FleetStyle {
  readonly width: number;
  /** Lines of the terminal. */
  readonly height: number;
  readonly colors: Colors;
}

/** What one wants to see first: what is under way, then what went wrong, what comes next, and what is over. */
const ORDER: readonly LiveCluster["status"][] = ["running", "refused", "failed", "waiting", "done"];

/** Lines that are left to what was written before, and to the cursor. */
const SPARE = 2;

/** A summary and a line for each cluster, as many as the terminal has room for. */
export function renderFleet(view: FleetView, { width, height, colors }: FleetStyle): string[] {
  const { title, milliseconds, waiting } = view;
  const lines = ORDER.flatMap((status) => view.lines.filter((each) => each.status === status));
  const summary = `${title}  ${clock(milliseconds)}  ${countsOf(lines)}`;
  const notes = waiting === "" ? [] : [colors.dim(cut(`  ${printable(waiting)}`, width))];
  const room = Math.max(1, height - SPARE - 1 - notes.length);
  const shown = lines.length <= room ? lines : lines.slice(0, Math.max(0, room - 1));
  const rest = lines.slice(shown.length);
  const longest = Math.max(0, ...shown.map(({ name }) => name.length));
  return [
    colors.bold(cut(summary, width)),
    ...shown.map((each) => paint(each, colors)(cut(`  ${each.name.padEnd(longest)}  ${wordsFor(each)}`, width))),
    ...(rest.length === 0 ? [] : [colors.dim(cut(`  and ${rest.length} more: ${countsOf(rest)}`, width))]),
    ...notes,
  ];
}

/** A log names so many of those under way. */
const NAMED = 6;

/** One line for a log: how far the work is. */
export function renderFleetBeat({ milliseconds, lines }: FleetView): string {
  const running = lines.filter(({ status }) => status === "running");
  const named = running.slice(0, NAMED).map((each) => `${each.name} ${wordsFor(each)}`);
  const more = running.length > NAMED ? ` and ${running.length - NAMED} more` : "";
  return `[${clock(milliseconds)}] ${countsOf(lines)}${named.length === 0 ? "" : `: ${named.join("; ")}${more}`}`;
}

/** The line that an event leaves behind. */
export function clusterLine(event: RunnerEvent): string | undefined {
  switch (event.event) {
    case "started":
      return `${event.cluster}: ${event.step} begins`;
    case "ended": {
      const again = event.transient === true ? ", which may pass" : "";
      return `${event.cluster}: ${event.step} ${event.outcome}${event.reason === undefined ? "" : `: ${event.reason}${again}`}`;
    }
    case "waiting":
      return event.reason;
    case "baked":
      return `${event.part} has baked`;
    case "cancelled":
      return "cancelled: nothing new is begun";
    default:
      return undefined;
  }
}

function countsOf(lines: readonly LiveCluster[]): string {
  const counts = ["done", "failed", "refused", "running", "waiting"].map((status) => [
    lines.filter((each) => each.status === status).length,
    status,
  ]);
  return counts.flatMap(([count, status]) => (count === 0 ? [] : [`${count} ${status}`])).join(", ");
}

function wordsFor({ status, step, reason, milliseconds, says }: ClusterLine): string {
  if (status === "running") return [step, clock(milliseconds), ...(says === undefined ? [] : [printable(says)])].join("  ");
  const why = status === "done" || reason === undefined ? "" : `  ${printable(reason)}`;
  return `${status}${status === "waiting" && step !== undefined ? ` after ${step}` : ""}${why}`;
}

function paint({ status }: LiveCluster, colors: Colors): (text: string) => string {
  if (status === "failed" || status === "refused") return colors.red;
  if (status === "done") return colors.green;
  return status === "waiting" ? colors.dim : (text) => text;
}
