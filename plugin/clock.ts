import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Tells the time. */
export type Clock = () => Date;

/** The time of the machine. */
export const systemClock: Clock = () => new Date();

/**
 * The time of a sandbox world: `now` of its `clock.json` (`{ "now": "2027-10-01T00:00:00Z" }`), where it stands still; the machine's where
 * there is no such file. Read anew each time, so that time can be played between operations.
 */
export function worldClock(world: string): Clock {
  const path = join(world, "clock.json");
  return () => {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return systemClock();
      throw error;
    }
    const now = dateIn(text);
    if (now === undefined) throw new Error(`${path} must be { "now": DATE } with an ISO 8601 date, e.g. "2027-10-01T00:00:00Z"`);
    return now;
  };
}

function dateIn(text: string): Date | undefined {
  try {
    const now = new Date(String((JSON.parse(text) as { now?: unknown }).now));
    return Number.isNaN(now.getTime()) ? undefined : now;
  } catch {
    return undefined; // no JSON
  }
}
