import { getDnsZone } from "@pulumi/openstack/dns/getDnsZone";
import { type GetAuthScopeResult, getAuthScope } from "@pulumi/openstack/identity/getAuthScope";
import { type InvokeOptions, type Output, output } from "@pulumi/pulumi";
import type { CloudPartName } from "../../model/cloud-parts";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Put, Question } from "../asking/ask";
import { zoneName } from "./names";
import { type DnsOptions, hasController, LOGIN_ROLES, type OpenStackPlan, ownField } from "./plan";

/** The zone that names are written into. */
export function askZone(plan: EnvironmentPlan, dns: DnsOptions | undefined, put: Put, options: InvokeOptions): Output<string> {
  if (dns === undefined) return output("");
  const found = put({
    path: ownField(plan, "dns.zone"),
    value: dns.zone,
    what: "DNS zone",
    ask: () => getDnsZone({ name: zoneName(dns.zone) }, options),
  });
  return output(found.then((zone) => zone?.id ?? dns.zone));
}

/** The roles that logins of the cluster's are to have, since whoever makes one can give only what it has itself; and where they log in. */
export function askLogins(
  plan: EnvironmentPlan,
  { applicationCredential: own, region }: OpenStackPlan,
  put: Put,
  options: InvokeOptions,
): Output<string> {
  const parts = partsOf(plan);
  if (own !== undefined) void put(rolesQuestion(ownField(plan, "applicationCredential.roles"), own.roles, options));
  for (const { path, part } of parts)
    void put(rolesQuestion(path, LOGIN_ROLES[part], options, "have the operator give them, or use metallb and nfs"));
  const [first] = parts;
  if (first === undefined) return output("");
  const found = put({
    path: first.path,
    what: "the address of its identity",
    ask: () => getAuthScope({ name: "kpaas" }, options),
    check: (scope) =>
      identityOf(scope, region) === undefined
        ? {
            path: first.path,
            reason: "the cloud's catalogue names no public address of its identity, where its controller and driver would log in",
            remedy: "have the operator enter one, or use metallb and nfs",
          }
        : undefined,
  });
  return output(found.then((scope) => (scope && identityOf(scope, region)) ?? ""));
}

/** The parts that log in, by the field that has them. */
function partsOf(plan: EnvironmentPlan): { readonly path: string; readonly part: CloudPartName }[] {
  return [
    ...(hasController(plan) ? [{ path: "platform.loadBalancer.kind", part: "controller" as const }] : []),
    ...(plan.platform.storage.kind === "cloud" ? [{ path: "platform.storage.kind", part: "volumes" as const }] : []),
  ];
}

/** The public address of keystone, in the region where there are several. */
function identityOf({ serviceCatalogs = [] }: Pick<GetAuthScopeResult, "serviceCatalogs">, region: string | undefined): string | undefined {
  const all = serviceCatalogs.filter(({ type }) => type === "identity").flatMap(({ endpoints }) => endpoints);
  const open = all.filter((endpoint) => endpoint.interface === "public");
  return (open.find((endpoint) => endpoint.region === region) ?? open[0])?.url;
}

function rolesQuestion(path: string, wanted: readonly string[], options: InvokeOptions, instead?: string): Question<GetAuthScopeResult> {
  return {
    path,
    what: "the roles of the login",
    ask: () => getAuthScope({ name: "kpaas" }, options),
    check: ({ roles }) => {
      const has = (roles ?? []).map(({ roleName }) => roleName);
      const lacking = wanted.filter((role) => !has.includes(role));
      if (has.length === 0 || lacking.length === 0) return undefined;
      return {
        path,
        value: lacking.join(", "),
        reason: "the login that makes the credential has no such role in the project, and can give only what it has",
        remedy: instead ?? `name roles among ${has.join(", ")}, or have the operator give them`,
      };
    },
    optional: true,
  };
}
