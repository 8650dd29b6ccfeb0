import type { RunOptions } from "../engine/types";
import { type Context, writeLines } from "./context";
import { EXIT } from "./report";

/** Within this time a second signal is the same key press, delivered by the terminal and by a wrapper such as npm. */
const ECHO_MS = 500;

/** Runs work that a first SIGINT or SIGTERM asks to stop in order, a second one to stop at once; a third one does not wait for it. */
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
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await work({ signal: order.signal, forceSignal: force.signal });
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
