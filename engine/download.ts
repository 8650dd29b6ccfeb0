import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { run } from "./run";

/** Where Pulumi publishes its releases. */
export const RELEASES = "https://get.pulumi.com/releases/sdk";

/** An offline machine must go on at once. */
const CONNECT_TIMEOUT_MS = 4_000;

export interface DownloadOptions {
  readonly version: string;
  /** The base URL of the releases. */
  readonly releases: string;
  /** An existing folder; afterwards it holds bin/pulumi and the language hosts beside it. */
  readonly into: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}

/**
 * Downloads the official release for this platform and verifies it against the release's published checksums.
 * @throws Error saying why there is none: no release for the platform, no connection, wrong checksum.
 */
export async function downloadEngine(options: DownloadOptions): Promise<void> {
  const archive = archiveName(options.version);
  const base = options.releases.replace(/\/$/, "");
  const checksums = await (await open(`${base}/pulumi-${options.version}-checksums.txt`, options.signal)).text();
  const expected = parseChecksums(checksums).get(archive);
  if (expected === undefined) throw new Error(`the release's checksums do not name ${archive}`);
  options.onProgress?.(`downloading the Pulumi engine ${options.version} from ${new URL(base).host}`);
  const file = join(options.into, archive);
  const actual = await save(await open(`${base}/${archive}`, options.signal), file, options.signal);
  if (actual !== expected) throw new Error(`${archive} has the SHA-256 ${actual}, the release's checksums say ${expected}`);
  await unpack(file, options.into, options.signal);
}

/** The name of the release's archive for this platform. */
function archiveName(version: string): string {
  const platforms: Partial<Record<NodeJS.Platform, string>> = { linux: "linux", darwin: "darwin" };
  const platform = platforms[process.platform];
  if (platform === undefined || !["x64", "arm64"].includes(process.arch)) {
    throw new Error(`there is no release for ${process.platform} on ${process.arch}`);
  }
  return `pulumi-v${version}-${platform}-${process.arch}.tar.gz`;
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

/** Writes a response to a file and returns its SHA-256. */
async function save(response: Response, file: string, signal?: AbortSignal): Promise<string> {
  if (response.body === null) throw new Error(`${response.url} answers without a body`);
  const hash = createHash("sha256");
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), hashing, createWriteStream(file), { signal });
  return hash.digest("hex");
}

/** The archive holds one folder, `pulumi`, with the engine and the language hosts: that becomes `bin`. */
async function unpack(file: string, into: string, signal?: AbortSignal): Promise<void> {
  const unpacked = join(into, "unpacked");
  await mkdir(unpacked);
  await run("tar", ["-xzf", file, "-C", unpacked], { signal });
  await rename(join(unpacked, "pulumi"), join(into, "bin"));
  await rm(unpacked, { recursive: true });
  await rm(file);
}
