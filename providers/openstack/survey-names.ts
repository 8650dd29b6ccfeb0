import { getDnsZone } from "@pulumi/openstack/dns/getDnsZone";
import { type InvokeOptions, type Output, output } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Put } from "../asking/ask";
import { zoneName } from "./names";
import { type DnsOptions, ownField } from "./plan";

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
