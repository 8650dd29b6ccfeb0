import { Readable } from "node:stream";
import { z } from "zod";
import type { Principal } from "../access/principal";
import { HttpProblem } from "./problem";
import type { StreamEvent } from "./route";

/** A line that says nothing is sent so often, so that what stands between does not take the stream for dead. */
const HEARTBEAT_MS = 15_000;
/** Streams at once, and of one caller. */
const MOST = 500;
const MOST_EACH = 20;

/** Why a stream has ended: there is no more to come; the token that it was asked for by has ended; the service is about to end. */
export const END = z.strictObject({ reason: z.enum(["complete", "expired", "stopping"]) }).meta({
  ...{
    id: "StreamEnd",
    description: "The data of the event `end`: but for `complete`, ask again, with `last-event-id` and a token that is good.",
  },
});

/** Streams of events under way. Each ends with the token that it was asked for by, and all with the service. */
export class Streams {
  private readonly open = new Map<string, number>();
  private total = 0;
  private readonly stopped = new AbortController();

  constructor(private readonly heartbeatMs = HEARTBEAT_MS) {}

  /**
   * Events as the body of an answer, which ends with an event `end` once there are no more.
   * @param who whose streams are counted, and how long they may follow
   * @throws HttpProblem where there are too many already
   */
  start({ id: caller, until }: Pick<Principal, "id" | "until">, events: (signal: AbortSignal) => AsyncIterable<StreamEvent>): Readable {
    const own = this.open.get(caller) ?? 0;
    if (own >= MOST_EACH || this.total >= MOST)
      throw new HttpProblem("too-many-requests", `${own} streams are open: end one first`, [], { "retry-after": "10" });
    this.open.set(caller, own + 1);
    this.total += 1;
    const gone = new AbortController();
    const expired = new AbortController();
    const signal = AbortSignal.any([gone.signal, this.stopped.signal, expired.signal]);
    const timer = until === undefined ? undefined : setTimeout(() => expired.abort(), Math.max(0, until - Date.now()));
    const body = new Readable({ read: () => undefined });
    const beat = setInterval(() => body.push(": \n\n"), this.heartbeatMs);
    body.once("close", () => {
      clearInterval(beat);
      clearTimeout(timer);
      gone.abort();
      const left = (this.open.get(caller) ?? 1) - 1;
      if (left === 0) this.open.delete(caller);
      else this.open.set(caller, left);
      this.total -= 1;
    });
    const pump = async () => {
      body.push(": \n\n");
      for await (const event of events(signal)) {
        if (signal.aborted) break;
        // Whoever reads slower than things happen is waited for.
        if (!body.push(textOf(event))) while (body.readableLength > body.readableHighWaterMark && !signal.aborted) await pause(50);
      }
      end();
    };
    const end = () => {
      const reason = this.stopped.signal.aborted ? "stopping" : expired.signal.aborted ? "expired" : "complete";
      if (!gone.signal.aborted) body.push(textOf({ event: "end", data: { reason } satisfies z.output<typeof END> }));
      body.push(null);
    };
    pump().catch((error: unknown) => {
      if (signal.aborted) end();
      else body.destroy(error instanceof Error ? error : new Error(String(error)));
    });
    return body;
  }

  /** Ends all of them. */
  stop(): void {
    this.stopped.abort();
  }
}

function textOf({ id, event, data }: StreamEvent): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
