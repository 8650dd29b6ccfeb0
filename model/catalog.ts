import release170 from "../catalog/releases/1.7.0.json";
import type { ChartRef, ResourcesPlan } from "./plan/types";

/** What a K-PaaS release consists of. Images are named by tag: their digests are not published with the release. */
export interface Release {
  readonly release: string;
  /** The kubespray tag it is built on. */
  readonly kubespray: string;
  readonly kubernetes: string;
  readonly services: Readonly<Record<string, ReleaseService>>;
}

/** One service of a release. */
export interface ReleaseService {
  readonly version: string;
  readonly namespace: string;
  readonly licence: string;
  readonly source: string;
  readonly chart?: ChartRef;
  readonly images: Readonly<Record<string, string>>;
  readonly defaults: { readonly replicas: number; readonly sizeGiB?: number; readonly resources?: ResourcesPlan };
}

const releases: readonly Release[] = [release170];

/** The releases of K-PaaS that can be brought up, newest first. */
export const knownReleases: readonly string[] = releases.map((release) => release.release);

/** The release of that number, or undefined. */
export function findRelease(number: string): Release | undefined {
  return releases.find((release) => release.release === number);
}

/** The catalogue's entry of a service, or the one it brings itself. */
export function entryOf({ name, entry }: { readonly name: string; readonly entry?: ReleaseService }, release: Release): ReleaseService {
  const found = entry ?? release.services[name];
  if (found === undefined)
    throw new Error(`the service "${name}" is not in the catalogue of release ${release.release}: give its definition an entry`);
  return found;
}
