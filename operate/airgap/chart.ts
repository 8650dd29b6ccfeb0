import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { fields, list, text } from "../../model/data";

/** What Helm keeps of a chart in a registry. */
export const CHART = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.cncf.helm.config.v1+json",
  content: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
} as const;

/** A version of a chart, as a repository's index has it. */
export interface IndexedChart {
  readonly url: string;
  readonly digest?: string;
}

/** Looks a chart up in a repository's index. @throws Error where it is not there */
export function chartInIndex(index: unknown, repository: string, name: string, version: string): IndexedChart {
  const plain = (one: unknown): string => String(one).replace(/^v/, "");
  const found = list(fields(fields(index).entries)[name]).map(fields);
  const entry = found.find((each) => each.version === version) ?? found.find((each) => plain(each.version) === plain(version));
  const url = text(list(entry?.urls)[0]);
  if (url === undefined) throw new Error(`${repository} has no chart ${name} ${version}`);
  const digest = text(entry?.digest)?.replace(/^sha256:/, "");
  return {
    url: String(new URL(url, `${repository.replace(/\/$/, "")}/`)),
    ...(digest !== undefined && /^[0-9a-f]{64}$/.test(digest) ? { digest: `sha256:${digest}` } : {}),
  };
}

/** A chart's Chart.yaml as the JSON that a registry keeps of it. @throws Error where the archive holds none */
export function chartConfig(archive: Buffer, name: string): string {
  const tar = gunzipSync(archive);
  for (let at = 0; at + 512 <= tar.length; ) {
    const header = tar.subarray(at, at + 512);
    const entry = header.subarray(0, 100).toString().replace(/\0.*$/s, "");
    const size = Number.parseInt(header.subarray(124, 136).toString(), 8) || 0;
    if (/^(\.\/)?[^/]+\/Chart\.yaml$/.test(entry)) return JSON.stringify(parse(tar.subarray(at + 512, at + 512 + size).toString()));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`the archive of ${name} holds no Chart.yaml`);
}
