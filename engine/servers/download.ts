import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { at, fields, list, text } from "../../model/data";
import { fetchText, fetchVerified, parseChecksums } from "../fetch";
import { run } from "../run";
import type { Tool } from "./tools";

/** Base URLs of the releases. */
export interface Releases {
  readonly kubernetes: string;
  /** Downloads of releases on GitHub. */
  readonly github: string;
  /** What GitHub says of releases: kwok's checksums stand nowhere else. */
  readonly githubApi: string;
}

/** Where the projects publish their releases. */
export const RELEASES: Releases = {
  kubernetes: "https://dl.k8s.io",
  github: "https://github.com",
  githubApi: "https://api.github.com",
};

export interface ToolDownload {
  readonly tool: Tool;
  readonly version: string;
  readonly releases: Releases;
  /** An existing folder; afterwards it holds bin/PROGRAM. */
  readonly into: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}

/**
 * Downloads a tool's programs for this platform from its official release, and verifies each against the checksum that is published with it.
 * @throws Error saying why there is none: no release for the platform, no connection, wrong checksum
 */
export async function downloadTool(options: ToolDownload): Promise<void> {
  const { tool, version, into, onProgress } = options;
  const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string];
  // Kubernetes publishes its servers for Linux only.
  if (process.platform !== "linux" || arch === undefined) throw new Error(`there is no release for ${process.platform} on ${process.arch}`);
  await mkdir(join(into, "bin"));
  const bases = Object.fromEntries(Object.entries(options.releases).map(([name, url]) => [name, url.replace(/\/$/, "")]));
  onProgress?.(`downloading ${tool.name} ${version}`);
  await FROM[tool.name](options, { ...options.releases, ...bases }, arch);
  for (const program of Object.keys(tool.packages)) await chmod(join(into, "bin", program), 0o755);
}

const FROM: Readonly<Record<Tool["name"], (download: ToolDownload, releases: Releases, arch: string) => Promise<void>>> = {
  kubernetes: async ({ tool, version, into, signal }, { kubernetes }, arch) => {
    for (const program of Object.keys(tool.packages)) {
      const url = `${kubernetes}/v${version}/bin/linux/${arch}/${program}`;
      const expected = (await fetchText(`${url}.sha256`, signal)).trim().split(/\s/, 1)[0] ?? "";
      await fetchVerified(url, join(into, "bin", program), expected, signal);
    }
  },
  etcd: async ({ version, into, signal }, { github }, arch) => {
    const base = `${github}/etcd-io/etcd/releases/download/v${version}`;
    const folder = `etcd-v${version}-linux-${arch}`;
    const archive = `${folder}.tar.gz`;
    const expected = parseChecksums(await fetchText(`${base}/SHA256SUMS`, signal)).get(archive);
    if (expected === undefined) throw new Error(`the release's checksums do not name ${archive}`);
    const file = join(into, archive);
    await fetchVerified(`${base}/${archive}`, file, expected, signal);
    await run("tar", ["-xzf", file, "-C", into, `${folder}/etcd`], { signal });
    await rename(join(into, folder, "etcd"), join(into, "bin", "etcd"));
    for (const done of [file, join(into, folder)]) await rm(done, { recursive: true });
  },
  kwok: async ({ version, into, signal }, { github, githubApi }, arch) => {
    const asset = `kwok-linux-${arch}`;
    const release: unknown = JSON.parse(await fetchText(`${githubApi}/repos/kubernetes-sigs/kwok/releases/tags/v${version}`, signal));
    const digest = text(fields(list(at(release, "assets")).find((one) => fields(one).name === asset)).digest);
    const expected = /^sha256:([0-9a-f]{64})$/.exec(digest ?? "")?.[1];
    if (expected === undefined) throw new Error(`the release names no SHA-256 of ${asset}`);
    const url = `${github}/kubernetes-sigs/kwok/releases/download/v${version}/${asset}`;
    await fetchVerified(url, join(into, "bin", "kwok"), expected, signal);
  },
};
