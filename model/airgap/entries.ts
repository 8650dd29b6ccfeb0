import components from "../../catalog/components.json";
import { digestOf } from "../catalog";
import { clusterDownloads } from "../cluster/downloads";
import { given } from "../data";
import { isAt } from "../plan/air-gap";
import type { BomEntry, EnvironmentPlan } from "../plan/types";
import { chartTag, imageName } from "./image";

/** What an environment pulls, by how it is fetched. */
export const KINDS = ["image", "chart", "file", "kubespray", "python", "engine", "plugin", "module"] as const;
export type AirGapKind = (typeof KINDS)[number];

/** One thing that an environment pulls. */
export interface AirGapEntry {
  readonly kind: AirGapKind;
  readonly name: string;
  readonly version: string;
  /** Where it is fetched from: a registry's reference (`quay.io/…`, `oci://…`) or a URL. */
  readonly source: string;
  /** Where it goes: the registry, the web server of files, or with the project's own folder. */
  readonly goes: "registry" | "files" | "folder";
  /** Where there: `PATH:TAG` in the registry, else a path. */
  readonly path: string;
  /** The digests of which it must have one, in the form `sha256:…`. @default none is known before it is fetched */
  readonly digests?: readonly string[];
  readonly licence?: string;
}

/** What the machine that runs kpaas itself takes from the internet. */
export interface Workstation {
  /** Pulumi's version. */
  readonly engine: string;
  /** What Pulumi calls this machine's kind, in names of releases (`linux-x64`) and of plugins (`linux-amd64`). */
  readonly platform: { readonly engine: string; readonly plugin: string };
  readonly plugins: readonly { readonly name: string; readonly version: string }[];
  /** The index that Python packages come from, without a slash at its end. */
  readonly index: string;
  /** Python packages by version, each with the SHA-256 of the files that may be it. */
  readonly python: readonly { readonly name: string; readonly version: string; readonly hashes: readonly string[] }[];
  /** The packages of npm's lock file beside the environments; none where there is no such file. */
  readonly modules: readonly Module[];
  /** kubespray's commit by its tag. */
  readonly commit: string;
}

/** A package of npm's lock file. */
export interface Module {
  readonly name: string;
  readonly version: string;
  readonly integrity?: string;
  readonly licence?: string;
}

/** Where Pulumi publishes engines and plugins. */
const PULUMI = "https://get.pulumi.com/releases";

/** Where kubespray goes, below the web server of files: `cluster.kubespray.source` names a copy of it. */
export function kubesprayPath(tag: string): string {
  return `kubespray/${tag}.tar.gz`;
}

/** All that an environment pulls, by kind and name. `charts`: the path in the registry below which charts go. */
export function airGapEntries(plan: EnvironmentPlan, machine: Workstation, charts = chartsPath(plan)): AirGapEntry[] {
  const licences = new Map(plan.bom.flatMap(({ kind, name, licence }) => (kind === "software" ? [[name, licence] as const] : [])));
  const { airGap } = plan;
  // What is in the mirror by its own name is somebody's who put it there.
  const images = plan.images.filter((reference) => imageName(reference).home !== airGap?.registry);
  const bundled = plan.bom.filter(({ kind, source = "" }) => kind === "chart" && (airGap === undefined || !isAt(airGap, source)));
  const entries = [
    ...images.map((reference) => imageEntry(reference, imageLicences(plan, licences))),
    ...bundled.map((chart) => chartEntry(chart, charts, chartLicences(plan, licences))),
    ...Object.entries(clusterDownloads(plan.cluster).named).map(([name, url]) => fileEntry("file", name, versionIn(url), url)),
    ...machineEntries(plan, machine),
  ];
  const rank = ({ kind }: AirGapEntry): number => KINDS.indexOf(kind);
  const unique = [...new Map(entries.map((entry) => [keyOf(entry), entry])).values()];
  return unique.sort((a, b) => rank(a) - rank(b) || (a.source < b.source ? -1 : a.source > b.source ? 1 : 0));
}

/** What tells one entry from all others. */
export function keyOf({ kind, name, version, source }: Pick<AirGapEntry, "kind" | "name" | "version" | "source">): string {
  return `${kind} ${source} ${name} ${version}`;
}

/** The path in the registry below which the environment's charts are, as its file says. */
export function chartsPath({ airGap }: Pick<EnvironmentPlan, "airGap">): string {
  return airGap?.charts ?? "charts";
}

/** Entries that would lie in one place and are two things: of each the place and what would lie there. */
export function conflictsOf(entries: readonly AirGapEntry[]): { readonly place: string; readonly sources: readonly string[] }[] {
  const byPlace = new Map<string, Set<string>>();
  for (const { goes, path, source } of entries) {
    if (goes === "folder") continue;
    byPlace.set(`${goes} ${path}`, (byPlace.get(`${goes} ${path}`) ?? new Set()).add(source));
  }
  return [...byPlace].flatMap(([place, sources]) => (sources.size > 1 ? [{ place, sources: [...sources].sort() }] : []));
}

function imageEntry(reference: string, licences: ReadonlyMap<string, string | undefined>): AirGapEntry {
  const { home, path, tag, digest } = imageName(reference);
  const known = digest ?? digestOf(reference);
  const source = `${home}/${path}:${tag}${digest === undefined ? "" : `@${digest}`}`;
  return {
    ...{ kind: "image", name: `${home}/${path}`, version: tag, source, goes: "registry", path: `${path}:${tag}` },
    ...(known === undefined ? {} : { digests: [known] }),
    ...given("licence", licences.get(reference)),
  };
}

function chartEntry(
  { name, version, source = "" }: BomEntry,
  charts: string,
  licences: ReadonlyMap<string, string | undefined>,
): AirGapEntry {
  return {
    ...{ kind: "chart", name, version, source, goes: "registry", path: `${charts}/${name}:${chartTag(version)}` },
    ...given("licence", licences.get(`${name} ${version}`)),
  };
}

function fileEntry(kind: AirGapKind, name: string, version: string, url: string): AirGapEntry {
  const { host, pathname } = new URL(url);
  return { kind, name, version, source: url, goes: "files", path: `${host}${pathname}` };
}

function machineEntries(plan: EnvironmentPlan, { engine, platform, plugins, index, python, modules, commit }: Workstation): AirGapEntry[] {
  const tag = plan.cluster.kubespray;
  const archive = `${PULUMI}/sdk/pulumi-v${engine}-${platform.engine}.tar.gz`;
  return [
    {
      ...{ kind: "kubespray", name: "kubespray", version: tag, source: `https://github.com/kubernetes-sigs/kubespray.git#${commit}` },
      ...{ goes: "files", path: kubesprayPath(tag), licence: "Apache-2.0" },
    },
    ...python.map(
      ({ name, version, hashes }): AirGapEntry => ({
        ...{ kind: "python", name, version, source: `${index}/${name}/`, goes: "files", path: `pypi/${name}` },
        digests: hashes,
      }),
    ),
    { ...fileEntry("engine", "pulumi", engine, archive), licence: "Apache-2.0" },
    // Its checksums stand beside it, and kpaas asks for them first.
    fileEntry("engine", "pulumi-checksums", engine, `${PULUMI}/sdk/pulumi-${engine}-checksums.txt`),
    ...plugins.map(({ name, version }) => ({
      ...fileEntry("plugin", name, version, `${PULUMI}/plugins/pulumi-resource-${name}-v${version}-${platform.plugin}.tar.gz`),
      licence: "Apache-2.0",
    })),
    ...modules.map(
      ({ name, version, integrity, licence }): AirGapEntry => ({
        ...{ kind: "module", name, version, source: `https://registry.npmjs.org/${name}/-/${name.split("/").at(-1)}-${version}.tgz` },
        ...{ goes: "folder", path: "node_modules" },
        ...(integrity === undefined ? {} : { digests: [integrity] }),
        ...given("licence", licence),
      }),
    ),
  ];
}

/** Licences of what services bring, by image. */
function imageLicences(plan: EnvironmentPlan, licences: ReadonlyMap<string, string | undefined>): Map<string, string | undefined> {
  const ours = plan.services.flatMap(({ name, images }) => Object.values(images).map((image) => [image, licences.get(name)] as const));
  const known = new Map(Object.entries<{ readonly licence: string }>(components));
  const ofCluster = plan.images.map((image) => {
    const { home, path } = imageName(image);
    const product = /^kube-(apiserver|controller-manager|scheduler|proxy)$/.test(path) && home === "registry.k8s.io" ? "kubernetes" : "";
    return [image, known.get(product || (path.split("/")[0] ?? ""))?.licence ?? known.get(path.split("/").at(-1) ?? "")?.licence] as const;
  });
  return new Map([...ofCluster, ...ours]);
}

function chartLicences(plan: EnvironmentPlan, licences: ReadonlyMap<string, string | undefined>): Map<string, string | undefined> {
  return new Map(plan.services.flatMap(({ name, chart }) => (chart ? [[`${chart.name} ${chart.version}`, licences.get(name)]] : [])));
}

/** The first version that an address names. */
function versionIn(url: string): string {
  return /v?(\d+\.\d+\.\d+)/.exec(url)?.[1] ?? "";
}
