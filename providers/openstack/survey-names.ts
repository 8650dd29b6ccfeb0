import { getDnsZone } from "@pulumi/openstack/dns/getDnsZone";
import { getAuthScope } from "@pulumi/openstack/identity/getAuthScope";
import { type InvokeOptions, type Output, output } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Put } from "../asking/ask";
import { zoneName } from "./names";
import { type CredentialOptions, type DnsOptions, ownField } from "./plan";

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

/** The roles that the cluster's own login is to have: whoever makes it can give only what it has itself. */
export function askRoles(plan: EnvironmentPlan, wanted: CredentialOptions | undefined, put: Put, options: InvokeOptions): void {
  if (wanted === undefined) return;
  const path = ownField(plan, "applicationCredential.roles");
  void put({
    path,
    what: "the roles of the login",
    ask: () => getAuthScope({ name: "kpaas" }, options),
    check: ({ roles }) => {
      const has = (roles ?? []).map(({ roleName }) => roleName);
      const lacking = wanted.roles.filter((role) => !has.includes(role));
      if (has.length === 0 || lacking.length === 0) return undefined;
      return {
        path,
        value: lacking.join(", "),
        reason: "the login that makes the credential has no such role in the project, and can give only what it has",
        remedy: `name roles among ${has.join(", ")}, or have the operator give them`,
      };
    },
    optional: true,
  });
}
