import type { Progress } from "../../engine/events";

/** A resource that is being worked on. */
export interface Running {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly op: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The last thing it said of itself, e.g. the kubespray step it is at. */
  readonly status?: string;
}

/** What is known of a running operation. */
export interface ProgressState {
  /** By URN, the oldest first. */
  readonly running: ReadonlyMap<string, Running>;
  readonly done: number;
  readonly unchanged: number;
  readonly failed: number;
}

/** Nothing has happened yet. */
export const INITIAL: ProgressState = { running: new Map(), done: 0, unchanged: 0, failed: 0 };

/** The state after one event; `now` in milliseconds since the epoch. */
export function advance(state: ProgressState, event: Progress, now: number): ProgressState {
  if (event.kind === "message" && event.ephemeral && event.urn !== undefined) {
    const resource = state.running.get(event.urn);
    if (resource === undefined) return state;
    return { ...state, running: new Map(state.running).set(event.urn, { ...resource, status: event.text.trim() }) };
  }
  // The stack itself is running as long as anything is, and says nothing.
  if (event.kind !== "resource" || event.type === "pulumi:pulumi:Stack") return state;
  const running = new Map(state.running);
  if (event.status === "start") {
    running.set(event.urn, { urn: event.urn, type: event.type, name: event.name, op: event.op, since: now });
    return { ...state, running };
  }
  running.delete(event.urn);
  if (event.status === "failed") return { ...state, running, failed: state.failed + 1 };
  if (event.op === "same") return { ...state, running, unchanged: state.unchanged + 1 };
  return { ...state, running, done: state.done + 1 };
}

/** The counts in words, e.g. `34 done, 2 running`. */
export function describeCounts(state: ProgressState): string {
  const parts = [
    `${state.done} done`,
    ...(state.unchanged > 0 ? [`${state.unchanged} unchanged`] : []),
    ...(state.failed > 0 ? [`${state.failed} failed`] : []),
    `${state.running.size} running`,
  ];
  return parts.join(", ");
}

/** Milliseconds as `m:ss`. */
export function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
