import { InterruptedError } from "../engine/errors";
import type { RunOptions } from "../engine/types";
import { type Context, whenLost, writeLines } from "./context";
import { EXIT } from "./exit";

/** Within this time a second signal is the same key press, delivered by the terminal and by a wrapper such as npm. */
const ECHO_MS = 500;

/** What asks a command to end; a terminal that is closed sends SIGHUP. */
export const ENDING = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * Runs work that a first signal asks to stop in order, a second one to stop at once; a third one does not wait for it. Where nobody reads
 * what the command says any more, it stops in order too.
 */
export async function interruptible<T>(
  context: Context,
  work: (signals: Required<Pick<RunOptions, "signal" | "forceSignal">>) => Promise<T>,
): Promise<T> {
  const order = new AbortController();
  const force = new AbortController();
  let last = 0;
  const onSignal = () => {
    const now = Date.now();
    if (now - last < ECHO_MS) return;
    last = now;
    if (force.signal.aborted) process.exit(EXIT.interrupted);
    if (order.signal.aborted) {
      force.abort();
    } else {
      writeLines(context.stderr, ["stopping in order; interrupt once more to stop at once"]);
      order.abort();
    }
  };
  for (const signal of ENDING) process.on(signal, onSignal);
  const unlisten = whenLost(context, () => order.abort());
  try {
    return await work({ signal: order.signal, forceSignal: force.signal });
  } catch (error) {
    // What waits on a signal ends with the signal's own reason.
    throw order.signal.aborted && error === order.signal.reason ? new InterruptedError() : error;
  } finally {
    for (const signal of ENDING) process.off(signal, onSignal);
    unlisten();
  }
}
