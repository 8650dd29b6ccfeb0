import { findRelease, knownReleases, namespacesOf } from "../catalog";
import type { Findings } from "../problems";
import { parseQuantity } from "../quantity";
import { fieldOf, offererOf, type Registry } from "../registry";
import { LIMIT_SIZES, QUOTA_SIZES, type TenantAmounts, type TenantSize, type TenantSubject } from "../tenant";
import type { Environment, WantedTenant } from "./types";

/** Names that K-PaaS's portal keeps for itself, for Kubernetes and for what is installed beside it; what is in the catalogue comes to them. */
const RESERVED = [
  ...["all", "auth", "default", "cp-portal-temp-namespace", "cp-portal", "cp-pipeline", "cp-source-control", "k-paas-system"],
  ...["cert-manager", "chaos-mesh", "chartmuseum", "harbor", "ingress-nginx", "istio-system", "keycloak", "knative-eventing"],
  ...["knative-serving", "kyverno", "mariadb", "metallb-system", "openbao", "postgres"],
];

/** The keys of labels by which others tell what a namespace is, or what its pods may do. */
const OWN_LABELS = /^(pod-security\.kubernetes\.io|kubernetes\.io|app\.kubernetes\.io|kpaas\.io)\//;

/** What can be wrong with tenants: names that are others', amounts that leave no room for a pod, rights that no file gives. */
export function checkTenants(environment: Environment, registry: Registry, findings: Findings): void {
  const { tenants, services } = environment.platform;
  const taken = takenNamespaces(environment, registry);
  const mesh = offererOf("mesh", Object.values(registry.services));
  for (const tenant of tenants) {
    const path = `platform.tenants.${tenant.name}`;
    if (tenant.name.startsWith("kube") || taken.has(tenant.name))
      findings.error(
        path,
        "is a namespace of Kubernetes' own or of the platform's, or a name that K-PaaS keeps for them",
        "choose another name",
      );
    checkAmounts(tenant, path, findings);
    for (const key of Object.keys(tenant.labels))
      if (OWN_LABELS.test(key))
        findings.error(
          `${path}.labels.${key}`,
          "is a label that Kubernetes or the platform sets and goes by",
          key.startsWith("pod-security.") ? "set podSecurity instead" : "choose another key",
        );
    for (const role of ["administrators", "users"] as const) checkSubjects(tenant[role], `${path}.${role}`, findings);
    const chaosMesh = registry.services.chaosMesh;
    if (tenant.chaos && chaosMesh && !services.some(({ name }) => name === chaosMesh.name))
      findings.error(`${path}.chaos`, "is for Chaos Mesh, which is switched off", `switch ${fieldOf(chaosMesh)} on, or take it out`, true);
    if (tenant.mesh !== undefined && mesh && !services.some(({ name }) => name === mesh.name))
      findings.error(
        `${path}.mesh`,
        `is for ${mesh.title}, which is switched off`,
        `switch ${fieldOf(mesh)} on, or take it out`,
        tenant.mesh,
      );
  }
}

/** Namespaces of whatever the release or the program has, switched on or not: it may be, later. */
function takenNamespaces({ release: number }: Environment, { services }: Registry): ReadonlySet<string> {
  const release = findRelease(number ?? "") ?? findRelease(knownReleases[0] ?? "");
  const own = Object.values(services).flatMap(({ entry }) => entry?.namespace ?? []);
  return new Set([...RESERVED, ...own, ...(release === undefined ? [] : namespacesOf(release))]);
}

/** A container that says nothing is given the limits, and must fit the quota with them. */
function checkAmounts({ quota, limits }: WantedTenant, path: string, findings: Findings): void {
  const [most, each] = [amountsOf(quota, QUOTA_SIZES), amountsOf(limits, LIMIT_SIZES)];
  for (const what of ["cpu", "memory"] as const)
    if ((parseQuantity(each[what]) ?? 0) > (parseQuantity(most[what]) ?? Number.POSITIVE_INFINITY))
      findings.error(
        `${path}.limits`,
        `gives a container ${each[what]} of ${what}, and the quota has ${most[what]} for all together: none would start`,
        "choose lower limits, or a larger quota",
      );
}

function amountsOf(wanted: TenantSize | TenantAmounts, sizes: Readonly<Record<TenantSize, TenantAmounts>>): TenantAmounts {
  return typeof wanted === "string" ? sizes[wanted] : wanted;
}

/** Kubernetes' own users and groups are machines, everybody, or whoever may do everything already. */
function checkSubjects(subjects: readonly TenantSubject[], path: string, findings: Findings): void {
  subjects.forEach((subject, index) => {
    const [kind, name] = "user" in subject ? (["user", subject.user] as const) : (["group", subject.group] as const);
    if (name.startsWith("system:"))
      findings.error(
        `${path}.${index}.${kind}`,
        "is Kubernetes' own, which no tenant gives rights to",
        "name people, or groups of people",
        name,
      );
    if (subjects.findIndex((other) => JSON.stringify(other) === JSON.stringify(subject)) < index)
      findings.error(`${path}.${index}.${kind}`, "is in the list already", "take one of the two out", name);
  });
}
