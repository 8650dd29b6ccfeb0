import type { Progress } from "../../engine/events";
import { type Context, colorsFor, widthOf, writeLines } from "../context";
import { renderEvent, renderHeartbeat, renderLive, stepMark } from "./render";
import { openScreen } from "./screen";
import { advance, INITIAL } from "./state";

const FRAME_MS = 120;
const HEARTBEAT_MS = 10_000;

/** Shows an operation's progress while it runs: redrawn lines on a terminal, plain lines and a heartbeat without one. */
export async function withProgress<T>(
  context: Context,
  title: string,
  work: (onProgress: (event: Progress) => void) => Promise<T>,
): Promise<T> {
  const colors = colorsFor(context.stderr, context.env);
  const screen = await openScreen(context);
  const started = Date.now();
  let state = INITIAL;
  const steps = new Map<string | undefined, string>();
  // Of all that a cluster says while it is changed, the beginning of each step stays on record.
  const nextStep = (event: Progress): string | undefined => {
    const mark = stepMark(event);
    if (event.kind !== "message" || mark === undefined || steps.get(event.urn) === mark) return undefined;
    steps.set(event.urn, mark);
    return event.text.trimEnd();
  };
  const draw = () => screen?.draw(renderLive(state, title, started, Date.now(), widthOf(context.stderr), colors));
  const beat = () => {
    // Before the first resource the engine may be built, which tells of itself.
    if (state !== INITIAL) writeLines(context.stderr, [renderHeartbeat(state, started, Date.now())]);
  };
  if (screen === undefined) writeLines(context.stderr, [title]);
  const timer = screen === undefined ? setInterval(beat, HEARTBEAT_MS) : setInterval(draw, FRAME_MS);
  try {
    return await work((event) => {
      state = advance(state, event, Date.now());
      const line = renderEvent(event, colors) ?? nextStep(event);
      if (line === undefined) return;
      if (screen === undefined) writeLines(context.stderr, [line]);
      else screen.leave(line);
    });
  } finally {
    clearInterval(timer);
    screen?.close();
  }
}
