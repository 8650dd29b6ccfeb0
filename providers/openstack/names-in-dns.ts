import type { EnvironmentPlan } from "../../model/plan/types";
import type { Findings } from "../../model/problems";
import { zoneName } from "./names";
import { isOpenStack, type OpenStackOptions, ownField } from "./plan";

/** The part of a plan that names follow from. */
export type NamesPlan = Pick<EnvironmentPlan, "apiEndpoint" | "platform">;

/** A name of the environment, and what it leads to. */
export interface PlannedName {
  readonly role: "api" | "ingress";
  /** As designate has it: with a dot at its end. */
  readonly name: string;
  /** Where nothing outside the network leads there. */
  readonly address: string;
}

/** The names of the API and of everything that the ingress serves, as far as they are in the zone. */
export function plannedNames(plan: NamesPlan, { dns }: Pick<OpenStackOptions, "dns">): PlannedName[] {
  if (dns === undefined) return [];
  const { zone } = dns;
  return named(plan)
    .filter(({ domain }) => isWithin(domain, zone))
    .map(({ role, domain, address }) => ({ role, name: role === "ingress" ? `*.${domain}.` : `${domain}.`, address }));
}

function named({ apiEndpoint, platform }: NamesPlan): { role: PlannedName["role"]; path: string; domain: string; address: string }[] {
  const { domain, address } = apiEndpoint;
  return [
    ...(domain === undefined ? [] : [{ role: "api" as const, path: "cluster.apiEndpoint.domain", domain, address }]),
    { role: "ingress" as const, path: "platform.domain", domain: platform.domain, address: platform.ingress.address },
  ];
}

function isWithin(domain: string, zone: string): boolean {
  const bare = zoneName(zone).slice(0, -1);
  return domain === bare || domain.endsWith(`.${bare}`);
}

/** A zone that none of the environment's names is in would be asked for nothing. */
export function checkNames(plan: NamesPlan & Pick<EnvironmentPlan, "cloud">, findings: Findings): void {
  const zone = isOpenStack(plan.cloud) ? plan.cloud.dns?.zone : undefined;
  if (zone === undefined) return;
  const all = named(plan);
  const outside = all.filter(({ domain }) => !isWithin(domain, zone));
  if (outside.length === all.length) {
    findings.error(
      ownField(plan, "dns.zone"),
      `no name of the environment is in it: ${outside.map(({ path, domain }) => `${path} is ${domain}`).join(", ")}`,
      `give platform.domain or cluster.apiEndpoint.domain a name that ends in ${zoneName(zone).slice(0, -1)}, or take dns out`,
      zone,
    );
    return;
  }
  for (const { path, domain } of outside)
    findings.warn(
      path,
      `${domain} is not in the zone ${zone}: nobody writes a record for it`,
      "choose a name in the zone, or write its record yourself",
      domain,
    );
}
