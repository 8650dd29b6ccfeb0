import type { Charted, ChartRef } from "../charts/charts-of";
import { HOMES, ORIGINS } from "../cluster/sources";
import type { Flow, FlowPeer } from "./infrastructure-types";
import { serverOf, wayTo } from "./servers";

/** Mirrors of what the internet would give. */
export interface AirGap {
  /** `HOST[:PORT]`: a registry that has every image under the path it has at home, without the home's name. */
  readonly registry: string;
  /** A web server that has every file under the host and path it comes from: `URL/github.com/…`. */
  readonly files?: string;
  /** The registry's path below which every chart is. @default charts come from where their makers publish them */
  readonly charts?: string;
}

/** What has charts, with those taken from the registry where that has them. */
export function chartMirrored<T extends Charted>(part: T, airGap: AirGap | undefined): T {
  if (airGap?.charts === undefined) return part;
  const mirrored = (chart: ChartRef): ChartRef =>
    isAt(airGap, chart.repository) ? chart : { ...chart, repository: `oci://${airGap.registry}/${airGap.charts}` };
  const { chart, charts } = part;
  return {
    ...part,
    ...(chart ? { chart: mirrored(chart) } : {}),
    ...(charts ? { charts: Object.fromEntries(Object.entries(charts).map(([name, each]) => [name, mirrored(each)])) } : {}),
  };
}

/** Whether a chart's repository is in the registry itself already. */
export function isAt({ registry }: AirGap, repository: string): boolean {
  return repository.startsWith(`oci://${registry}/`);
}

/** The variables by which kubespray fetches from the mirrors, and the hosts' runtime for every pod. `images`: what the platform's pods name. */
export function airGapVariables(
  { registry, files }: AirGap,
  { runtime, plugin }: { readonly runtime: "crio" | "containerd"; readonly plugin: string },
  images: readonly string[],
): Record<string, unknown> {
  const prefixes = [...new Set([...Object.values(HOMES), ...images.map(homeOf)])].filter((home) => home !== registry).sort();
  return {
    registry_host: registry,
    ...Object.fromEntries(Object.keys(HOMES).map((name) => [name, registry])),
    ...(files === undefined
      ? {}
      : { files_repo: files, ...Object.fromEntries(Object.entries(ORIGINS).map(([name, host]) => [name, `${files}/${host}`])) }),
    ...(plugin === "cilium" ? ciliumVariables(files) : {}),
    ...(runtime === "containerd"
      ? {
          containerd_registries_mirrors: prefixes.map((prefix) => ({
            prefix,
            mirrors: [{ host: `https://${registry}`, capabilities: ["pull", "resolve"], skip_verify: false }],
          })),
        }
      : {
          crio_registries: prefixes.map((prefix) => ({
            prefix,
            insecure: false,
            blocked: false,
            unqualified: false,
            location: prefix,
            mirrors: [{ location: registry, insecure: false }],
          })),
        }),
  };
}

/**
 * Cilium's program fetches Cilium's chart by itself, and the chart names images by the digests they have at home, which a copy for one
 * architecture has not.
 */
function ciliumVariables(files: string | undefined): Record<string, unknown> {
  const image = { useDigest: false };
  return {
    ...(files === undefined ? {} : { cilium_install_extra_flags: `--repository ${files}/helm.cilium.io` }),
    cilium_extra_values: { image, operator: { image }, envoy: { image } },
  };
}

/** The registry that an image's name begins with; without one it is Docker's. */
export function homeOf(image: string): string {
  return /^[^/]*[.:][^/]*(?=\/)/.exec(image)?.[0] ?? "docker.io";
}

/** The ways to the mirrors, from every machine that fetches, as far as they are not open everywhere. */
export function airGapFlows({ registry, files }: AirGap, sources: readonly FlowPeer[]): Flow[] {
  const servers = [`https://${registry}`, ...(files === undefined ? [] : [files])].map(serverOf);
  return servers.flatMap((server) => sources.flatMap((from) => wayTo(from, server, "mirrors of images and files")));
}
