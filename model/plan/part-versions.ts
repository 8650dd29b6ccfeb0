import { findRelease } from "../catalog";
import type { CloudPartName } from "../cloud-parts";
import { minorOf } from "../cluster/releases";
import type { Finding } from "../problems";
import type { EnvironmentPlan } from "./types";

/**
 * What of the cloud's own is for other minors of Kubernetes than the cluster's, at the field of the cluster's version. A warning: a cluster may
 * be upgraded before a release pairs another one with it.
 */
export function partVersions({ cluster, provider, release, services }: EnvironmentPlan, path: string): Finding[] {
  const parts: readonly CloudPartName[] = ["controller", "volumes"];
  return parts.flatMap((part): Finding[] => {
    const minors = findRelease(release)?.clouds?.[provider]?.[part]?.kubernetes;
    const service = services.find(({ needs }) => (needs?.cloud as { readonly part?: string } | undefined)?.part === part);
    if (minors === undefined || service === undefined || minors.includes(minorOf(cluster.kubernetes))) return [];
    return [
      {
        path,
        value: cluster.kubernetes,
        reason: `${service.chart?.name ?? service.name} ${service.version} is for Kubernetes ${minors.join(" and ")}, by what its project and Kubernetes say of versions that go together`,
        remedy: `use a version of ${minors.join(" or ")}${part === "controller" ? ", or metallb in a new environment" : ""}`,
        severity: "warning",
      },
    ];
  });
}
