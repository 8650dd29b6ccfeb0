import type { Progress } from "../../engine/events";
import type { Colors } from "../context";
import { clock, describeCounts, type ProgressState, type Running } from "./state";

/** The terminal shows so many running resources. */
const SHOWN = 6;

/** The few lines redrawn on a terminal while an operation runs. Times in milliseconds since the epoch. */
export function renderLive(state: ProgressState, title: string, started: number, now: number, width: number, colors: Colors): string[] {
  // What speaks of itself (the cluster) comes first: it is what one waits for.
  const running = [...state.running.values()].sort(
    (a, b) => Number(b.status !== undefined) - Number(a.status !== undefined) || a.since - b.since,
  );
  const more = running.length - SHOWN;
  return [
    colors.bold(cut(`${title}  ${clock(now - started)}  ${describeCounts(state)}`, width)),
    ...running.slice(0, SHOWN).map((resource) => cut(`  ${describeRunning(resource, now)}`, width)),
    ...(more > 0 ? [colors.dim(cut(`  and ${more} more`, width))] : []),
  ];
}

/** A log says of a resource that takes longer than this, in milliseconds, for how long. */
const LONG = 30_000;

/** One line for a log: how far the operation is. */
export function renderHeartbeat(state: ProgressState, started: number, now: number): string {
  const running = [...state.running.values()];
  const named = ({ name, since }: Running): string => (now - since > LONG ? `${name} for ${clock(now - since)}` : name);
  const speaking = running.filter((resource) => resource.status !== undefined).map((resource) => `${named(resource)}: ${resource.status}`);
  const silent = running.filter((resource) => resource.status === undefined).map(named);
  const names = [...speaking, ...silent];
  const listed = names.slice(0, SHOWN).join("; ") + (names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "");
  return `[${clock(now - started)}] ${describeCounts(state)}${listed === "" ? "" : `: ${listed}`}`;
}

/** The line an event leaves behind for good; nothing for the many that only change the counts. */
export function renderEvent(event: Progress, colors: Colors): string | undefined {
  switch (event.kind) {
    case "engine":
      return event.text.trimEnd();
    case "message":
      // Errors are told in full when the operation ends.
      if (event.ephemeral || event.severity === "error") return undefined;
      return event.severity === "warning" ? `${colors.yellow("warning")} ${event.text.trimEnd()}` : event.text.trimEnd();
    case "resource":
      if (event.status !== "failed") return undefined;
      return `${colors.red("failed")} to ${event.op} ${event.name} (${event.type})${event.detail === undefined ? "" : `: ${event.detail}`}`;
  }
}

/** Which step of how many a resource says it is at, e.g. `[2/4]`; undefined for any other event. */
export function stepMark(event: Progress): string | undefined {
  return event.kind === "message" && event.ephemeral ? /^\[\d+\/\d+\]/.exec(event.text)?.[0] : undefined;
}

function describeRunning(resource: Running, now: number): string {
  const status = resource.status === undefined ? "" : `  ${resource.status}`;
  return `${resource.op} ${resource.name}  ${clock(now - resource.since)}${status}`;
}

/** A text that takes no more columns than there are. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
