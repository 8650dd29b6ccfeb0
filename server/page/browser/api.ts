import createClient, { type Client } from "openapi-fetch";
import type { paths } from "../../../library/client-calls";
import type { Fault } from "./shapes";
import { EventReader, type SentEvent } from "./sse";

/** What is wrong, as the service tells it (RFC 9457). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string | undefined,
    readonly problems: readonly Fault[],
    readonly requestId: string | undefined,
    /** The last part of its type: `conflict`. */
    readonly kind = "",
  ) {
    super(detail ?? title);
  }
}

/** Raised where the service cannot be reached. */
export class OfflineError extends Error {
  override readonly name = "OfflineError";
}

/** Gives tokens. */
export interface Tokens {
  token(anew?: boolean): Promise<string | undefined>;
}

/** How a stream fares: `open`, or lost and being asked for again. */
export type StreamState = "open" | "lost" | "ended";

/** What a call gives: the client raises what is wrong, so there is always something. */
interface Given<T> {
  readonly data?: T;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** The service's calls. */
export class Api {
  /** Each of them, typed by the service's document. @throws ApiError, OfflineError */
  readonly calls: Client<paths>;

  constructor(private readonly tokens: Tokens) {
    this.calls = createClient<paths>({ baseUrl: location.origin, fetch: (request) => this.send(request) });
  }

  /** What a call gives. @throws ApiError, OfflineError */
  async ask<T>(call: Promise<Given<T>>): Promise<T> {
    return (await call).data as T;
  }

  /** All pages of a list. @throws ApiError, OfflineError */
  async all<T>(
    page: (query: { limit: number; after?: string }) => Promise<Given<{ readonly items: readonly T[]; readonly next?: string }>>,
  ): Promise<readonly T[]> {
    const items: T[] = [];
    for (let after: string | undefined; ; ) {
      const { items: more, next } = await this.ask(page({ limit: 500, ...(after === undefined ? {} : { after }) }));
      items.push(...more);
      if (next === undefined) return items;
      after = next;
    }
  }

  /**
   * Follows server-sent events, by fetch, since an EventSource sends no token. A connection that breaks is made again, and asks to go on after the
   * last event that came.
   */
  async follow(path: string, on: (event: SentEvent) => void, state: (state: StreamState) => void, signal: AbortSignal): Promise<void> {
    const reader = new EventReader();
    for (let broken = 0; !signal.aborted; broken++) {
      let expired = false;
      const asked = performance.now();
      try {
        const headers = { accept: "text/event-stream", ...(reader.lastId === undefined ? {} : { "last-event-id": reader.lastId }) };
        const { body } = await this.send(new Request(new URL(path, location.origin), { headers, signal }));
        state("open");
        if (body !== null)
          for await (const piece of piecesOf(body))
            for (const event of reader.take(piece)) {
              broken = 0;
              // Whether there is no more to come, or it goes on by another token or at another service.
              if (event.event !== "end") on(event);
              else if (reasonIn(event.data) === "complete") return state("ended");
              else expired = reasonIn(event.data) === "expired";
            }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiError && error.status < 500 && error.status !== 429) {
          state("ended");
          throw error;
        }
      }
      reader.restart();
      if (signal.aborted) return;
      // By the service's clock the token has ended: with another one it goes on at once.
      if (expired && performance.now() - asked > FIRST_PAUSE_MS && (await this.renewed())) {
        broken = -1;
        continue;
      }
      state("lost");
      await pause(reader.retry ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** broken) * (0.5 + Math.random() / 2), signal);
    }
  }

  private async renewed(): Promise<boolean> {
    return await this.tokens.token(true).then(
      (token) => token !== undefined,
      () => false,
    );
  }

  private async send(request: Request): Promise<Response> {
    for (let anew = false; ; anew = true) {
      const token = await reached(() => this.tokens.token(anew));
      // Nobody is logged in any more, which the page says by itself.
      if (token === undefined) throw new ApiError(401, "Nobody is logged in", undefined, [], undefined);
      // What is sent is read by that.
      const sent = new Request(request.clone(), { cache: "no-store", credentials: "omit" });
      sent.headers.set("authorization", `Bearer ${token}`);
      const answer = await reached(() => fetch(sent));
      if (answer.ok) return answer;
      // The issuer may have taken the token back early: one more try, with another.
      if (answer.status !== 401 || anew) throw await problemOf(answer);
    }
  }
}

/** Another one for each thing that is asked for, so that a request that is sent twice is done once. */
export function newKey(): string {
  return crypto.randomUUID();
}

async function reached<T>(asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    // fetch rejects so where nobody answers.
    if (error instanceof TypeError) throw new OfflineError(error.message);
    throw error;
  }
}

async function problemOf(answer: Response): Promise<ApiError> {
  const requestId = answer.headers.get("x-request-id") ?? undefined;
  const body = (await answer.json().catch(() => ({}))) as {
    readonly type?: string;
    readonly title?: string;
    readonly detail?: string;
    readonly problems?: readonly Fault[];
    readonly requestId?: string;
  };
  const kind = (body.type ?? "").replace(/^urn:kpaas:problem:/, "");
  const title = body.title ?? `${answer.status} ${answer.statusText}`;
  return new ApiError(answer.status, title, body.detail, body.problems ?? [], body.requestId ?? requestId, kind);
}

async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const pieces = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await pieces.read();
      if (done) return;
      yield value;
    }
  } finally {
    await pieces.cancel().catch(() => undefined);
  }
}

function reasonIn(data: string): string | undefined {
  try {
    return (JSON.parse(data) as { readonly reason?: string }).reason;
  } catch {
    return undefined;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
    // Whoever is connected again need not wait for the rest.
    addEventListener("online", () => resolve(), { once: true, signal });
  });
}
