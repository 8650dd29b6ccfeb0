import { RecordSet } from "@pulumi/openstack/dns/recordSet";
import { type Output, output } from "@pulumi/pulumi";
import { plannedNames } from "./names-in-dns";
import { child, type Scope } from "./scope";

/** The records of the environment's names: of the floating address where there is one, which may be made only now, else of the private one. */
export function createNames(scope: Scope, outside: { readonly api?: Output<string>; readonly ingress?: Output<string> }): RecordSet[] {
  const { name, plan, openstack, survey } = scope;
  return plannedNames(plan, openstack).map(
    ({ role, name: record, address }) =>
      new RecordSet(
        `${name}-dns-${role}`,
        {
          zoneId: survey.zone,
          name: record,
          type: "A",
          ttl: openstack.dns?.ttl ?? 0,
          records: [outside[role] ?? output(address)],
          description: `kpaas ${plan.environment}: ${role}`,
        },
        // Another name is another record. The old one goes first: a wildcard and its like could otherwise be there twice for a while.
        child(scope, { deleteBeforeReplace: true }),
      ),
  );
}
