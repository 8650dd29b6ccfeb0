import type { Following, RunnerEvent } from "../../fleet/runner";
import { type Context, colorsFor, widthOf, writeLines } from "../context";
import { type ClusterLine, clusterLine, type FleetView, renderFleet, renderFleetBeat } from "./fleet-render";
import { openScreen, type Screen } from "./screen";

const FRAME_MS = 250;
/** Long enough that a log stays readable, short enough that nobody takes the job for hung. */
const HEARTBEAT_MS = 60_000;

/** What shows the work on a fleet while it goes on. */
export interface FleetProgress {
  tell(event: RunnerEvent): void;
  /** Takes the redrawn lines away, for a question. */
  rest(): void;
}

/** Shows the work on a fleet: every cluster's line redrawn on a terminal; without one a line for each thing that happens, and a heartbeat. */
export async function withFleetProgress<T>(context: Context, title: string, work: (progress: FleetProgress) => Promise<T>): Promise<T> {
  const colors = colorsFor(context.stderr, context.env);
  const screen: Screen | undefined = await openScreen(context);
  const started = Date.now();
  const since = new Map<string, readonly [what: string, at: number]>();
  let following: Following | undefined;
  let waiting = "";
  const view = (latest: boolean): FleetView | undefined => {
    if (following === undefined) return undefined;
    const now = Date.now();
    const lines = following.clusters().map((cluster): ClusterLine => {
      const what = `${cluster.status} ${cluster.step} ${cluster.attempt}`;
      const begun = since.get(cluster.name);
      if (begun?.[0] !== what) since.set(cluster.name, [what, now]);
      const says = latest && cluster.status === "running" ? following?.latest(cluster.name) : undefined;
      return { ...cluster, milliseconds: begun?.[0] === what ? now - begun[1] : 0, ...(says === undefined ? {} : { says }) };
    });
    return { title, milliseconds: now - started, lines, waiting };
  };
  const draw = () => {
    const shown = view(true);
    if (shown !== undefined)
      screen?.draw(renderFleet(shown, { width: widthOf(context.stderr), height: context.stderr.rows ?? 24, colors }));
  };
  const beat = () => {
    const shown = view(true);
    if (shown !== undefined) writeLines(context.stderr, [renderFleetBeat(shown)]);
  };
  const timer = screen === undefined ? setInterval(beat, HEARTBEAT_MS) : setInterval(draw, FRAME_MS);
  const rest = () => {
    if (following !== undefined) screen?.close();
    following = undefined;
    waiting = "";
  };
  const tell = (event: RunnerEvent) => {
    if (event.event === "following") following = event;
    if (event.event === "waiting") waiting = event.reason;
    const line = clusterLine(event);
    if (line === undefined) return;
    if (screen === undefined) writeLines(context.stderr, [line]);
    // Beginnings and waiting stand in the redrawn lines.
    else if (event.event !== "started" && (event.event !== "waiting" || following === undefined)) screen.leave(line);
  };
  try {
    return await work({ tell, rest });
  } finally {
    clearInterval(timer);
    rest();
  }
}
