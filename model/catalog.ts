import digests from "../catalog/digests.json";
import release162 from "../catalog/releases/1.6.2.json";
import release170 from "../catalog/releases/1.7.0.json";
import maintained170 from "../catalog/releases/1.7.0+maintained.json";
import step1 from "../catalog/releases/1.7.0+step-1.json";
import step2 from "../catalog/releases/1.7.0+step-2.json";
import type { ChartRef } from "./charts/charts-of";
import type { CloudPartName } from "./cloud-parts";
import { type Fields, merge } from "./data";
import type { IngressKind } from "./plan/ingress";
import type { ResourcesPlan } from "./plan/types";

/** What a K-PaaS release consists of. Images are named by tag; digests that their makers publish stand in catalog/digests.json. */
export interface Release {
  readonly release: string;
  /** The day it came out; of a maintained line, the day on which its versions were chosen. */
  readonly date: string;
  /** The release whose maintained line it is: the same applications on versions that their projects still mend. */
  readonly maintains?: string;
  /** The release that it is a step to, for what stands: no release to begin with or to stay on. */
  readonly leadsTo?: string;
  /** The kubespray tag it is built on. */
  readonly kubespray: string;
  readonly kubernetes: string;
  /** What new clusters get where the file says nothing. */
  readonly cluster: { readonly proxyMode: "ipvs" | "nftables" };
  /** What new environments get where the file says nothing. */
  readonly platform: { readonly ingress: IngressKind };
  readonly services: Readonly<Record<string, ReleaseService>>;
  /** What becomes of services and their data on the way from another release, by that release, in the order in which it comes. */
  readonly moves?: Readonly<Record<string, readonly ReleaseMove[]>>;
  /** By cloud, what of its own runs in the cluster. */
  readonly clouds?: Readonly<Record<string, Readonly<Partial<Record<CloudPartName, ReleaseService>>>>>;
}

/** What a move from release to release does to a service, or asks for, beside its versions. */
export interface ReleaseMove {
  /** `nobody says`: what no source tells, and so nobody here can. */
  readonly when: "before" | "by up" | "after" | "nobody says";
  readonly service: string;
  readonly what: string;
}

/** One service of a release. */
export interface ReleaseService {
  readonly version: string;
  readonly namespace: string;
  /** This project's own, which no release of K-PaaS has: what stands is not changed for it before it is switched on. @default K-PaaS's */
  readonly added?: true;
  /** Namespaces that it makes beside its own. @default none */
  readonly besides?: readonly string[];
  readonly licence: string;
  readonly source: string;
  /** The minors of Kubernetes that it is for, oldest first, or one as `1.31+` for all from it on, as its project says. @default any */
  readonly kubernetes?: readonly string[];
  readonly chart?: ChartRef;
  /** Charts that it takes beside that one, by what they bring. */
  readonly charts?: Readonly<Record<string, ChartRef>>;
  readonly images: Readonly<Record<string, string>>;
  /** Helm values that this version of the chart needs beside those that all versions are given. */
  readonly values?: Fields;
  /** How what has taken its place is had, where its project mends it no more. */
  readonly instead?: string;
  /** Why it stands here although it is past its end of life, and what comes after it. */
  readonly stays?: string;
  readonly defaults: {
    readonly replicas: number;
    readonly sizeGiB?: number;
    readonly resources?: ResourcesPlan;
    /** Of single parts of it in place of that, by the names of their images. */
    readonly parts?: Readonly<Record<string, ResourcesPlan>>;
  };
}

/** Newest first, each K-PaaS release before the steps to its maintained line and that line: the first is what environments get that name none. */
const files: readonly ReleaseFile[] = [release170, step1, step2, maintained170, release162];

/** A release as its file has it: whole, or as another one with what differs laid over it (null takes a key out). */
interface ReleaseFile {
  readonly release: string;
  readonly extends?: string;
}

function whole(file: ReleaseFile): Release {
  const { extends: base, ...own } = file;
  const under = base === undefined ? {} : whole(files.find(({ release }) => release === base)!);
  // test/model/catalog.test.ts holds every merged release to its schema.
  return merge(under, own) as Release;
}

const releases: readonly Release[] = files.map(whole);

/** The releases of K-PaaS that can be brought up, newest first, maintained lines among them. */
export const knownReleases: readonly string[] = releases.map((release) => release.release);

/** The namespaces of whatever a release has, switched on or not: each part's own one. */
export function ownNamespacesOf({ services, clouds = {} }: Release): string[] {
  const own = Object.values(services).filter(({ added = false }) => !added);
  return [...own, ...Object.values(clouds).flatMap((parts) => Object.values(parts))].map(({ namespace }) => namespace);
}

/** Those, those of what is added, and what parts make beside their own: some more than once. */
export function namespacesOf(release: Release): string[] {
  return [
    ...ownNamespacesOf(release),
    ...Object.values(release.services).flatMap(({ namespace, besides = [] }) => [namespace, ...besides]),
  ];
}

/** The release of that number, or undefined. */
export function findRelease(number: string): Release | undefined {
  return releases.find((release) => release.release === number);
}

/** The maintained line of a release, or that which it is a step to; undefined where there is none. */
export function maintainedLine(number: string): Release | undefined {
  return releases.find(({ release, maintains }) => maintains === number || release === findRelease(number)?.leadsTo);
}

const digestsByImage: ReadonlyMap<string, string> = new Map(Object.entries(digests));

/** The digest of an image by its whole name, where its makers publish one: of the list over all architectures. */
export function digestOf(image: string): string | undefined {
  return digestsByImage.get(image);
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
