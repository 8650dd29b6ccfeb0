import { setTimeout as pause } from "node:timers/promises";
import { EventReader } from "../../server/page/browser/sse";

/** Where a log is followed: the addresses of services that all have it, and a token that they take. */
export interface Followed {
  readonly urls: readonly string[];
  readonly path: string;
  readonly token: () => Promise<string>;
}

/**
 * Follows a log to its end, as clients do: a stream that breaks, or that ends with its token or its service, is asked for again, after the last line
 * that came. Gives the numbers of the lines as they came.
 */
export async function followToEnd({
  urls,
  path,
  token,
}: Followed): Promise<{ readonly lines: readonly number[]; readonly streams: number }> {
  const lines: number[] = [];
  const reader = new EventReader();
  for (let streams = 1; ; streams++) {
    try {
      const headers = { authorization: `Bearer ${await token()}`, accept: "text/event-stream" };
      const after: Record<string, string> = reader.lastId === undefined ? {} : { "last-event-id": reader.lastId };
      const answer = await fetch(`${urls[streams % urls.length]}${path}`, { headers: { ...headers, ...after } });
      if (answer.ok && answer.body !== null)
        for await (const piece of answer.body.pipeThrough(new TextDecoderStream()))
          for (const { event, data } of reader.take(piece)) {
            if (event === "line") lines.push((JSON.parse(data) as { readonly number: number }).number);
            if (event === "end" && (JSON.parse(data) as { readonly reason: string }).reason === "complete") return { lines, streams };
          }
    } catch (error) {
      // The service, or its database, is away.
      if (!(error instanceof TypeError)) throw error;
    }
    reader.restart();
    await pause(100);
  }
}
