import type { Findings } from "../problems";
import type { WantedGroup } from "./types";

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * What is done unless it was done since a moment to come would be done at once, and again by each run that goes on from a broken one.
 * @param today an ISO date
 */
export function checkMaintenance(
  { groups }: { readonly groups: readonly Pick<WantedGroup, "path" | "maintenance">[] },
  today: string,
  findings: Findings,
): void {
  for (const { path, maintenance = {} } of groups)
    for (const [what, since] of Object.entries(maintenance))
      if (Date.parse(since) >= Date.parse(today) + DAY_MS)
        findings.error(
          `${path}.maintenance.${what}`,
          "lies in the future, and nothing waits for it: `up` does what is asked for at once",
          `write the day that it is asked for, such as ${today}`,
          since,
        );
}
