import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fetchText, fetchVerified, parseChecksums } from "./fetch";
import { run } from "./run";

/** Where Pulumi publishes its releases. */
export const RELEASES = "https://get.pulumi.com/releases/sdk";

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
  const checksums = await fetchText(`${base}/pulumi-${options.version}-checksums.txt`, options.signal);
  const expected = parseChecksums(checksums).get(archive);
  if (expected === undefined) throw new Error(`the release's checksums do not name ${archive}`);
  options.onProgress?.(`downloading the Pulumi engine ${options.version} from ${new URL(base).host}`);
  const file = join(options.into, archive);
  await fetchVerified(`${base}/${archive}`, file, expected, options.signal);
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

/** The archive holds one folder, `pulumi`, with the engine and the language hosts: that becomes `bin`. */
async function unpack(file: string, into: string, signal?: AbortSignal): Promise<void> {
  const unpacked = join(into, "unpacked");
  await mkdir(unpacked);
  await run("tar", ["-xzf", file, "-C", unpacked], { signal });
  await rename(join(unpacked, "pulumi"), join(into, "bin"));
  await rm(unpacked, { recursive: true });
  await rm(file);
}
