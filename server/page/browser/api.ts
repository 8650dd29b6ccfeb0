import type { Fault, Page } from "./shapes";
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

interface Asked {
  readonly method?: "GET" | "POST" | "PUT";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** The service's calls. */
export class Api {
  constructor(private readonly tokens: Tokens) {}

  /** Asks for JSON. @throws ApiError, OfflineError */
  async ask<T>(path: string, asked: Asked = {}): Promise<T> {
    const answer = await this.send(path, { ...asked, headers: { accept: "application/json", ...asked.headers } });
    const text = await answer.text();
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** All pages of a list. @throws ApiError, OfflineError */
  async all<T>(path: string, signal?: AbortSignal): Promise<readonly T[]> {
    const items: T[] = [];
    for (let after = ""; ; ) {
      const query = new URLSearchParams({ limit: "500", ...(after === "" ? {} : { after }) });
      const page = await this.ask<Page<T>>(`${path}${path.includes("?") ? "&" : "?"}${query}`, signal === undefined ? {} : { signal });
      items.push(...page.items);
      if (page.next === undefined) return items;
      after = page.next;
    }
  }

  /** The first so many of a list. @throws ApiError, OfflineError */
  async some<T>(path: string, limit: number, signal: AbortSignal): Promise<readonly T[]> {
    return (await this.ask<Page<T>>(`${path}&limit=${limit}`, { signal })).items;
  }

  /**
   * Follows server-sent events, by fetch, since an EventSource sends no token. A connection that breaks is made again, and asks to go on after the
   * last event that came.
   */
  async follow(path: string, on: (event: SentEvent) => void, state: (state: StreamState) => void, signal: AbortSignal): Promise<void> {
    const reader = new EventReader();
    for (let broken = 0; !signal.aborted; broken++) {
      try {
        const headers = { accept: "text/event-stream", ...(reader.lastId === undefined ? {} : { "last-event-id": reader.lastId }) };
        const { body } = await this.send(path, { headers, signal });
        state("open");
        if (body !== null)
          for await (const piece of piecesOf(body))
            for (const event of reader.take(piece)) {
              broken = 0;
              // The service says when there is no more to come; where it is only about to end itself, there may be.
              if (event.event === "end" && !isStopping(event.data)) return state("ended");
              if (event.event !== "end") on(event);
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
      state("lost");
      await pause(reader.retry ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** broken) * (0.5 + Math.random() / 2), signal);
    }
  }

  private async send(path: string, { method = "GET", body, headers = {}, signal }: Asked): Promise<Response> {
    for (let anew = false; ; anew = true) {
      const token = await reached(() => this.tokens.token(anew));
      // Nobody is logged in any more, which the page says by itself.
      if (token === undefined) throw new ApiError(401, "Nobody is logged in", undefined, [], undefined);
      const sent = {
        ...headers,
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      const answer = await reached(() =>
        fetch(path, {
          ...{ method, headers: sent, cache: "no-store", credentials: "omit" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...(signal === undefined ? {} : { signal }),
        }),
      );
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

function isStopping(data: string): boolean {
  try {
    return (JSON.parse(data) as { readonly stopping?: boolean }).stopping === true;
  } catch {
    return false;
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
