import { findRelease } from "../catalog";
import type { CloudPartName } from "../cloud-parts";
import { minorOf } from "../cluster/releases";
import type { Finding } from "../problems";
import type { EnvironmentPlan } from "./types";

/** A part of the cloud's own in a plan that is for some minors of Kubernetes only. */
interface PairedPart {
  readonly part: CloudPartName;
  /** Its name and version. */
  readonly what: string;
  /** Oldest first. */
  readonly minors: readonly string[];
}

function pairedParts({ provider, release, services }: EnvironmentPlan): PairedPart[] {
  const parts: readonly CloudPartName[] = ["controller", "volumes"];
  return parts.flatMap((part) => {
    const minors = findRelease(release)?.clouds?.[provider]?.[part]?.kubernetes;
    const service = services.find(({ needs }) => (needs?.cloud as { readonly part?: string } | undefined)?.part === part);
    if (minors === undefined || service === undefined) return [];
    return [{ part, what: `${service.chart?.name ?? service.name} ${service.version}`, minors }];
  });
}

/** The parts of the cloud's own in a plan that are not for a minor of Kubernetes, each with those that it is for. */
export function partsAgainst(plan: EnvironmentPlan, minor: string): string[] {
  return pairedParts(plan).flatMap(({ what, minors }) => (minors.includes(minor) ? [] : [`${what} (for ${minors.join(" and ")})`]));
}

/**
 * What of the cloud's own is for other minors of Kubernetes than the cluster's, at the field of the cluster's version. A warning: a cluster may
 * be upgraded before a release pairs another one with it.
 */
export function partVersions(plan: EnvironmentPlan, path: string): Finding[] {
  const { kubernetes } = plan.cluster;
  return pairedParts(plan).flatMap(({ part, what, minors }): Finding[] =>
    minors.includes(minorOf(kubernetes))
      ? []
      : [
          {
            path,
            value: kubernetes,
            reason: `${what} is for Kubernetes ${minors.join(" and ")}, by what its project and Kubernetes say of versions that go together`,
            remedy: `use a version of ${minors.join(" or ")}${part === "controller" ? ", or metallb in a new environment" : ""}`,
            severity: "warning",
          },
        ],
  );
}
