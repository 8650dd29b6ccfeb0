import { findServers } from "../../engine/servers/programs";
import type { Programs } from "../../sandbox/servers/record";

/**
 * The programs of a real control plane; called in a `before` hook. Never downloads or builds; where they are not in the cache, the tests are
 * skipped and say what to do about it.
 */
export async function serversForTests(this: Mocha.Context): Promise<Programs> {
  this.timeout(60_000);
  const programs = await findServers();
  if (programs !== undefined) return programs;
  console.warn(
    `SKIPPED ${this.currentTest?.fullTitle() ?? this.test?.fullTitle()}\nThe servers are not there: \`node dist/cli/main.js servers\` gets them, once.`,
  );
  return this.skip();
}
