import release170 from "../catalog/releases/1.7.0.json";
import type { CloudPartName } from "./cloud-parts";
import type { ChartRef, ResourcesPlan } from "./plan/types";

/** What a K-PaaS release consists of. Images are named by tag: their digests are not published with the release. */
export interface Release {
  readonly release: string;
  /** The kubespray tag it is built on. */
  readonly kubespray: string;
  readonly kubernetes: string;
  readonly services: Readonly<Record<string, ReleaseService>>;
  /** By cloud, what of its own runs in the cluster. */
  readonly clouds?: Readonly<Record<string, Readonly<Partial<Record<CloudPartName, ReleaseService>>>>>;
}

/** One service of a release. */
export interface ReleaseService {
  readonly version: string;
  readonly namespace: string;
  readonly licence: string;
  readonly source: string;
  /** The minors of Kubernetes that it is for, oldest first, where its project makes one for each. @default any */
  readonly kubernetes?: readonly string[];
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

/**
 * The catalogue's entry of a service, or the one it brings itself.
 * @param cloud the environment's, whose own part some services are
 */
export function entryOf({ name, entry, cloudPart }: CataloguedService, release: Release, cloud: string): ReleaseService {
  const found = entry ?? (cloudPart === undefined ? release.services[name] : release.clouds?.[cloud]?.[cloudPart]);
  if (found === undefined)
    throw new Error(
      `the service "${name}" is not in the catalogue of release ${release.release}${cloudPart === undefined ? "" : ` for ${cloud}`}: give its definition an entry`,
    );
  return found;
}

/** What tells where a service's entry is. */
export interface CataloguedService {
  readonly name: string;
  readonly entry?: ReleaseService;
  readonly cloudPart?: CloudPartName;
}
