import { findRelease, maintainedLine } from "../catalog";
import { kubernetesVersions, minorOf } from "../cluster/releases";
import { endOfLifeOf, hasEnded, productIn } from "../end-of-life";
import type { Finding } from "../problems";
import { fieldOf, type Registry } from "../registry";
import { partsAgainst } from "./compatibility";
import type { EnvironmentPlan, ServicePlan } from "./types";

/** Said of every such part, and of nothing else. */
const SAID = " is past its end of life since ";

const later = "plan the move to a release that its project still mends";

/**
 * The newest Kubernetes that a kubespray tag installs, its project still mends, and all that the plan has is for; where there is none, the line that
 * a new environment gets it by.
 */
function maintainedInstead(plan: EnvironmentPlan, registry: Registry, today: string): string {
  const mended = kubernetesVersions.filter((each) => !hasEnded("kubernetes", each, today));
  const version = mended.find((each) => partsAgainst(plan, registry, minorOf(each)).length === 0);
  const until = version && endOfLifeOf("kubernetes", version)?.date;
  if (until !== undefined)
    return `set cluster.kubernetes to "${version}", which is mended until ${until}; \`kpaas cluster upgrade ${plan.environment} --to ${version}\` shows the way there`;
  const [newest] = mended;
  if (newest === undefined) return later;
  const line = maintainedLine(plan.release);
  const instead =
    line === undefined || line.release === plan.release
      ? later
      : `a new environment gets ${line.kubernetes} with release: "${line.release}"`;
  return `${instead}; not for ${newest}: ${partsAgainst(plan, registry, minorOf(newest)).join(", ")}`;
}

/** The name that the ends of life know a service by. */
export function productOf({ chart, name }: { readonly chart?: { readonly name: string }; readonly name: string }): string {
  return chart?.name ?? name;
}

/** The field that chooses a service, where one does. */
function fieldFor({ name }: ServicePlan, registry: Registry): string {
  const field = fieldOf(registry.services[name] ?? { name });
  return field === "platform.ingress" ? `${field}.kind` : field;
}

/** Who has a mended version of the service: its successor, or the maintained line of the release. */
function mendedBy(service: ServicePlan, release: string, today: string): string {
  const { instead } = findRelease(release)?.services[service.name] ?? {};
  if (instead !== undefined) return instead;
  const version = maintainedLine(release)?.services[service.name]?.version;
  return mendedIn(service, version === undefined ? undefined : { product: productOf(service), version }, release, today);
}

/** The maintained line of a release, where what it has of a service is mended; else why it has not. */
function mendedIn(
  { name }: Pick<ServicePlan, "name">,
  has: { readonly product: string; readonly version: string } | undefined,
  release: string,
  today: string,
): string {
  const line = maintainedLine(release);
  if (line !== undefined && has !== undefined && !hasEnded(has.product, has.version, today))
    return `a new environment gets ${has.version} with release: "${line.release}"`;
  const stays = (line ?? findRelease(release))?.services[name]?.stays;
  return stays === undefined ? later : `switch ${name} off where nobody needs it: ${stays}`;
}

/** Warnings for every part of the plan whose project no longer mends it. `today` is an ISO date. */
export function endOfLife(plan: EnvironmentPlan, registry: Registry, today: string): Finding[] {
  const { kubernetes } = plan.cluster;
  const parts = [
    {
      path: "cluster.kubernetes",
      what: `Kubernetes ${kubernetes.replace(/\.\d+$/, "")}`,
      value: kubernetes,
      date: endOfLifeOf("kubernetes", kubernetes)?.date,
      remedy: (): string => maintainedInstead(plan, registry, today),
    },
    // A service's version follows from the release: it is the value of no field.
    ...plan.services.map((service) => ({
      path: fieldFor(service, registry),
      what: `${productOf(service)} ${service.version}`,
      value: undefined,
      date: endOfLifeOf(productOf(service), service.version)?.date,
      remedy: (): string => mendedBy(service, plan.release, today),
    })),
    ...plan.services.flatMap((service) =>
      Object.entries(service.images).flatMap(([role, image]) => {
        const found = productIn(image);
        if (found === undefined) return [];
        const { product, version } = found;
        return [
          {
            path: fieldFor(service, registry),
            what: `${product} ${version}`,
            value: undefined,
            date: endOfLifeOf(product, version)?.date,
            remedy: (): string =>
              mendedIn(service, productIn(maintainedLine(plan.release)?.services[service.name]?.images[role] ?? ""), plan.release, today),
          },
        ];
      }),
    ),
  ];
  return parts.flatMap(({ path, what, value, date, remedy }): Finding[] =>
    date === undefined || today < date
      ? []
      : [
          {
            path,
            ...(value === undefined ? {} : { value }),
            reason: `${what}${SAID}${date}`,
            remedy: remedy(),
            severity: "warning",
          },
        ],
  );
}

/** Whether a problem says that a part is past its end of life. */
export function saysEndOfLife({ severity, reason }: Pick<Finding, "severity" | "reason">): boolean {
  return severity === "warning" && reason.includes(SAID);
}
