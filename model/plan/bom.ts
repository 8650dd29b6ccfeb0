import components from "../../catalog/components.json";
import { digestOf, entryOf, type Release } from "../catalog";
import { chartsOf } from "../charts/charts-of";
import { componentsOf, kubesprayRelease } from "../cluster/releases";
import type { ClusterSpec } from "../cluster/types";
import { endOfLifeOf, productIn } from "../end-of-life";
import type { Registry } from "../registry";
import { productOf } from "./end-of-life";
import type { BomEntry, ExtraPlan, ServicePlan } from "./types";

/** Everything that a bill of materials is made of. */
interface BomParts {
  readonly release: Release;
  readonly registry: Registry;
  readonly provider: string;
  readonly cluster: Pick<ClusterSpec, "kubespray" | "kubernetes" | "variables">;
  readonly services: readonly ServicePlan[];
  readonly extra?: ExtraPlan | undefined;
  readonly images: readonly string[];
  readonly files: readonly string[];
}

/** What the environment is made of: software with licence, source and end of life, charts, images, and the files that hosts fetch. */
export function planBom({ release, registry, provider, cluster, services, extra, images, files }: BomParts): BomEntry[] {
  return [
    clusterPart("kpaas-container-platform", release.release),
    clusterPart("kubespray", cluster.kubespray),
    clusterPart("kubernetes", cluster.kubernetes),
    ...clusterParts(cluster).map(([name, version]) => clusterPart(name, version)),
    ...services.map((service): BomEntry => {
      const { licence, source } = entryOf(registry.services[service.name] ?? service, release, provider);
      const { name, version } = service;
      return { kind: "software", name, version, licence, source, ...endOf(productOf(service), version) };
    }),
    ...[...services, ...(extra?.releases ?? [])]
      .flatMap((each) => chartsOf(each))
      .map(({ name, version, repository }): BomEntry => ({ kind: "chart", name, version, source: repository })),
    ...images.map(imageEntry),
    ...files.map((url): BomEntry => ({ kind: "file", name: url.split("/").at(-1) ?? url, version: versionIn(url), source: url })),
  ];
}

/** What kubespray installs beside Kubernetes: etcd, the runtime, the network plugin, DNS. */
function clusterParts({ kubespray, kubernetes, variables }: BomParts["cluster"]): [name: string, version: string][] {
  const tag = kubesprayRelease(kubespray);
  const known = tag && componentsOf(tag, kubernetes);
  if (known === undefined) return [];
  const { kube_network_plugin: plugin = "calico", container_manager: runtime = "containerd" } = variables;
  return [
    ["etcd", known.etcd],
    ...(runtime === "crio" ? [["cri-o", known.crio] as [string, string]] : []),
    ...(runtime === "containerd" ? [["containerd", known.containerd] as [string, string]] : []),
    ...(["calico", "cilium", "flannel"] as const).flatMap((name): [string, string][] => (plugin === name ? [[name, known[name]]] : [])),
    ["coredns", known.coredns],
  ];
}

function clusterPart(name: string, version: string): BomEntry {
  const known = new Map(Object.entries(components)).get(name);
  return { kind: "software", name, version, ...known, ...endOf(name, version) };
}

function endOf(product: string, version: string): Pick<BomEntry, "endOfLife"> {
  const endOfLife = endOfLifeOf(product, version)?.date;
  return endOfLife === undefined ? {} : { endOfLife };
}

function imageEntry(image: string): BomEntry {
  const [reference = "", own] = image.split("@");
  const at = reference.lastIndexOf(":");
  const tagged = at > reference.lastIndexOf("/");
  const digest = own ?? digestOf(image);
  const held = productIn(image);
  return {
    kind: "image",
    name: tagged ? reference.slice(0, at) : reference,
    version: tagged ? reference.slice(at + 1) : "",
    ...(digest === undefined ? {} : { digest }),
    ...(held === undefined ? {} : endOf(held.product, held.version)),
  };
}

/** The first version that an address names. */
function versionIn(url: string): string {
  return /v?(\d+\.\d+\.\d+)/.exec(url)?.[1] ?? "";
}
