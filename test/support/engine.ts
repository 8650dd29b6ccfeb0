import { type Engine, locateEngine } from "../../engine/locate";
import { CHOICE } from "../../engine/servers/choice";
import { STATE } from "../../engine/state/at-end";

// As `npm test` has it: a test file that is run by itself starts no servers either.
process.env[CHOICE] ??= "simulated";
process.env[STATE] ??= "at-end";

/**
 * The real Pulumi engine, for tests that need it: called first in a test or in a `before` hook. Never downloads or builds; where no engine
 * is ready, the test is skipped and says what to do about it.
 */
export async function engineForTests(this: Mocha.Context): Promise<Engine> {
  // Who has given it longer, as long tests do, keeps that.
  if (this.timeout() !== 0) this.timeout(Math.max(this.timeout(), 60_000));
  try {
    return await locateEngine({ install: false });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.warn(
      `SKIPPED ${this.currentTest?.fullTitle() ?? this.test?.fullTitle()}\n${reason}\nOr run \`npm start\` once: it leaves one in the cache.`,
    );
    return this.skip();
  }
}
