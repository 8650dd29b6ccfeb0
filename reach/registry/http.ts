import { setTimeout as wait } from "node:timers/promises";

/** What is asked of a server. */
export interface Asked extends Pick<RequestInit, "method" | "body" | "redirect"> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Raised where a server answers, and not with what was asked for. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly host: string,
    text: string,
  ) {
    super(text);
    this.name = "HttpError";
  }
}

/** How often something is asked for, and the pause after the first time, in milliseconds; each later one is twice as long. */
const TRIES = 4;
const PAUSE_MS = 500;

/** Answers that another try may better. */
const PASSING = [408, 429, 500, 502, 503, 504];

/**
 * Asks a server, several times where nobody answers or the answer is one that passes.
 * @returns whatever it answers at last
 * @throws Error that names the host, where nobody answers
 */
export async function ask(url: string, asked: Asked, pauseMs = PAUSE_MS): Promise<Response> {
  const { signal, ...init } = asked;
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    let answer: Response | undefined;
    try {
      answer = await fetch(url, { ...init, ...(signal ? { signal } : {}) });
    } catch (error) {
      signal?.throwIfAborted();
      if (tries === TRIES) throw new Error(`no connection to ${new URL(url).host}${causeOf(error)}`);
    }
    if (answer !== undefined && (!PASSING.includes(answer.status) || tries === TRIES)) return answer;
    await answer?.body?.cancel();
    const told = Number(answer?.headers.get("retry-after") ?? Number.NaN) * 1_000;
    // With jitter, so that those who were refused together do not come back together.
    const pause = pauseMs * 2 ** (tries - 1) * (0.5 + Math.random());
    await wait(Number.isFinite(told) ? Math.min(told, 30_000) : pause, undefined, signal ? { signal } : {});
  }
}

/** What a response brings. @throws HttpError where it is none that was asked for */
export async function* bodyOf(answer: Response, url: string): AsyncGenerator<Uint8Array> {
  await requireOk(answer, url);
  if (answer.body === null) throw new HttpError(answer.status, new URL(url).host, `${url} answers without a body`);
  for await (const piece of answer.body) yield piece;
}

/** @throws HttpError where the server refuses */
async function requireOk(answer: Response, url: string): Promise<void> {
  if (answer.ok) return;
  await answer.body?.cancel();
  throw new HttpError(answer.status, new URL(url).host, `${url} answers ${answer.status}`);
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return "";
  return ` (${"code" in cause ? String(cause.code) : cause.message})`;
}
