import { entryOf, findRelease } from "../catalog";
import { kubernetesVersions, minorNumber, minorOf } from "../cluster/releases";
import type { Finding } from "../problems";
import type { Registry } from "../registry";
import type { EnvironmentPlan } from "./types";

/** Something that goes with some minors of Kubernetes only, as the catalogue has it of its project. */
interface Constraint {
  readonly who: string;
  /** Oldest first; `1.31+` for that one and all after it. */
  readonly minors: readonly string[];
  /** Set where everybody's data are in its hands. */
  readonly strict?: true;
  /** Set for a cloud's controller, which another environment can do without. */
  readonly instead?: string;
}

/**
 * What does not go with the cluster's version, at its field, and no more than that: who it is, and which versions all others go with too. A
 * warning: a cluster may be upgraded before a release pairs another version with it. Runtime, etcd and network plugin are not among it: a
 * kubespray tag installs those that it maps to the version itself. Of what keeps everybody's data it is an error.
 */
export function incompatible(plan: EnvironmentPlan, registry: Registry, path: string): Finding[] {
  const { kubernetes } = plan.cluster;
  const constraints = constraintsOf(plan, registry);
  const broken = constraints.filter(({ minors }) => !isFor(minors, minorOf(kubernetes)));
  if (broken.length === 0) return [];
  const goes = broken.map(({ who, minors }) => `${who} is for Kubernetes ${spanOf(minors)}`).join(", ");
  return [
    {
      path,
      value: kubernetes,
      reason: `${goes}, by what ${broken.length > 1 ? "their projects say" : "its project and Kubernetes say"} of versions that go together`,
      remedy: remedyFor(constraints, broken),
      severity: broken.some(({ strict }) => strict) ? "error" : "warning",
    },
  ];
}

/** What of the plan does not go with a minor of Kubernetes, each with those that it goes with. */
export function partsAgainst(plan: EnvironmentPlan, registry: Registry, minor: string): string[] {
  return constraintsOf(plan, registry).flatMap(({ who, minors }) => (isFor(minors, minor) ? [] : [`${who} (for ${spanOf(minors)})`]));
}

/** Whether what is for those minors of Kubernetes, of which one `1.31+` stands for all after it too, is for that one. */
export function isFor(minors: readonly string[], minor: string): boolean {
  return minors.some((each) => each === minor || (each.endsWith("+") && minorNumber(minor) >= minorNumber(each.slice(0, -1))));
}

function constraintsOf({ services, release, provider }: EnvironmentPlan, registry: Registry): Constraint[] {
  const found = findRelease(release);
  if (found === undefined) return [];
  return services.flatMap((service): Constraint[] => {
    const definition = registry.services[service.name];
    const { kubernetes: minors } = entryOf(definition ?? service, found, provider);
    const part = (service.needs?.cloud as { readonly part?: string } | undefined)?.part;
    const who = `${service.chart?.name ?? service.name} ${service.version}`;
    const instead = part === "controller" ? { instead: "metallb in a new environment" } : {};
    return minors === undefined ? [] : [{ who, minors, ...(definition?.refusesKubernetes ? { strict: true } : {}), ...instead }];
  });
}

/** The versions that go with all; where there are none, the two that cannot be had together. */
function remedyFor(constraints: readonly Constraint[], broken: readonly Constraint[]): string {
  const known = [...new Set(kubernetesVersions.map(minorOf))].reverse();
  const fitting = known.filter((minor) => constraints.every(({ minors }) => isFor(minors, minor)));
  if (fitting.length === 0) {
    for (const one of broken) {
      const other = constraints.find(({ minors }) => !known.some((minor) => isFor(minors, minor) && isFor(one.minors, minor)));
      if (other) return `no version goes with both ${one.who} and ${other.who}: do without one of them`;
    }
    return "no version goes with all of them: do without one";
  }
  const instead = broken.flatMap(({ instead }) => instead ?? []);
  return [`use a version of ${fitting.join(" or ")}`, ...instead].join(", or ");
}

/** `1.33`, `1.33 and 1.34`, `1.29 to 1.33`, `1.31 and later`. */
export function spanOf(minors: readonly string[]): string {
  const [first = ""] = minors;
  if (first.endsWith("+")) return `${first.slice(0, -1)} and later`;
  return minors.length > 2 ? `${minors[0]} to ${minors.at(-1)}` : minors.join(" and ");
}
