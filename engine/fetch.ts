import { createHash } from "node:crypto";
import { saveWhole } from "../host/files";

/** An offline machine must go on at once. */
const CONNECT_TIMEOUT_MS = 4_000;

/** The text at a URL. @throws Error saying why there is none */
export async function fetchText(url: string, signal?: AbortSignal): Promise<string> {
  return await (await open(url, signal)).text();
}

/**
 * Saves what is at a URL, which must have the SHA-256 its publisher names: else no file is there.
 * @throws Error saying why there is none: no connection, wrong checksum
 */
export async function fetchVerified(url: string, file: string, expected: string, signal?: AbortSignal): Promise<void> {
  await saveWhole(file, verified(await open(url, signal), url, expected));
}

/** `sha256sum` lines as a map from file name to checksum. */
export function parseChecksums(text: string): Map<string, string> {
  return new Map(Array.from(text.matchAll(/^([0-9a-fA-F]{64})\s+\*?(\S+)$/gm), ([, sum = "", name = ""]) => [name, sum.toLowerCase()]));
}

async function open(url: string, signal?: AbortSignal): Promise<Response> {
  const connecting = new AbortController();
  const timer = setTimeout(() => connecting.abort(), CONNECT_TIMEOUT_MS);
  let response: Response;
  try {
    // The timer only guards the connection: it is cleared as soon as the headers are there.
    response = await fetch(url, { signal: AbortSignal.any([connecting.signal, ...(signal ? [signal] : [])]) });
  } catch (error) {
    signal?.throwIfAborted();
    if (connecting.signal.aborted) throw new Error(`no answer from ${new URL(url).host} within ${CONNECT_TIMEOUT_MS / 1_000} s`);
    throw new Error(`no connection to ${new URL(url).host}${causeOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response;
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
}

/** What a response brings, and an error at its end where that has another SHA-256. */
async function* verified({ body }: Response, url: string, expected: string): AsyncGenerator<Uint8Array> {
  if (body === null) throw new Error(`${url} answers without a body`);
  const hash = createHash("sha256");
  for await (const piece of body) {
    hash.update(piece);
    yield piece;
  }
  const actual = hash.digest("hex");
  if (actual !== expected)
    throw new Error(`${url.slice(url.lastIndexOf("/") + 1)} has the SHA-256 ${actual}, the release's checksums say ${expected}`);
}
