import assert from "node:assert/strict";
import fc from "fast-check";
import { firewallName, planFirewalls } from "../../../model/plan/nftables";
import type { EnvironmentPlan, Profile } from "../../../model/plan/types";
import { nftablesFirewall } from "../../support/firewalls/hosts";
import { openstackFirewall } from "../../support/firewalls/openstack";
import { build } from "../../support/openstack";
import { type FileContent, samplePlan } from "../../support/plan";
import { OUTSIDE, PROBES } from "../../support/probes";
import { differences, type Extra, type Firewall, reaches } from "../../support/reachability";

/** What the groups of OpenStack and the tables of nftables do not both let through, each with its reason. Nothing else may differ. */
const EXTRAS: readonly Extra[] = [
  { of: "own", what: /^\S+ (administrator|visitor|metadata) /, why: "what a host sends is not looked at" },
  { of: "openstack", what: /^\S+ load-balancer |^load-balancer /, why: "Octavia's balancer is an end of the cloud's own" },
];
/** The same where the file lets in the whole network: on OpenStack its machines are not let out to each other. */
const FROM_THE_NETWORK: readonly Extra[] = [
  { of: "own", what: /^\S+ \S+ 6\/22$/, why: "without a bastion, SSH from wherever in the network Ansible runs" },
  { of: "own", what: /^\S+ cp-\d 6\/(6443|8443)$/, why: "and the Kubernetes API" },
];
const BALANCED: readonly Extra[] = [
  { of: "own", what: /^\S+ cp-\d 6\/6443$/, why: "an amphora dials from some address of the node subnet, which is let in whole" },
];

function tablesOf(plan: EnvironmentPlan): Firewall {
  const hosts = plan.machines.map((machine) => [machine.name, { kind: firewallName(machine), address: machine.address }] as const);
  return nftablesFirewall(planFirewalls(plan), Object.fromEntries(hosts));
}

async function compare(profile: Profile, overrides: FileContent): Promise<void> {
  const plan = samplePlan(profile, overrides);
  const balancer = plan.apiEndpoint.kind === "loadBalancer" ? { balancer: plan.apiEndpoint.address } : {};
  const theirs = reaches(openstackFirewall(await build(plan), balancer), OUTSIDE, PROBES);
  const extras = [
    ...EXTRAS,
    ...(plan.access.bastion ? [] : FROM_THE_NETWORK),
    ...(plan.apiEndpoint.kind === "loadBalancer" ? BALANCED : []),
  ];
  assert.deepEqual(differences(theirs, reaches(tablesOf(plan), OUTSIDE, PROBES), extras), []);
}

describe("what passes by our table of nftables", function () {
  this.timeout(120_000);

  it("is what passes on OpenStack, for environments of all sorts", async () => {
    const environments = fc.record({
      profile: fc.constantFrom<Profile>("minimal", "standard", "highAvailability"),
      bastion: fc.boolean(),
      network: fc.constantFrom(
        { plugin: "calico" },
        { plugin: "calico", encapsulation: "ipip" },
        { plugin: "calico", encapsulation: "none" },
        { plugin: "cilium" },
        { plugin: "flannel" },
      ),
      etcd: fc.constantFrom({}, { etcd: { placement: "external", nodes: 3 } }),
      endpoint: fc.constantFrom({}, { apiEndpoint: { kind: "virtualIp" } }, { apiEndpoint: { kind: "virtualIp", by: "keepalived" } }),
      ingressCidrs: fc.constantFrom(["203.0.113.0/24"], ["0.0.0.0/0"]),
    });
    const property = fc.asyncProperty(environments, async ({ profile, bastion, network, etcd, endpoint, ingressCidrs }) => {
      const cluster = { network, ...etcd, ...(profile === "highAvailability" ? endpoint : {}) };
      await compare(profile, { infrastructure: { access: { bastion, ingressCidrs } }, cluster });
    });
    await fc.assert(property, { numRuns: 12, verbose: 1 });
  });

  it("is nothing from the world but what the file says", () => {
    const open = reaches(tablesOf(samplePlan("highAvailability")), OUTSIDE, PROBES);
    const from = (who: string): string[] =>
      [
        ...new Set([...open].filter((line) => line.startsWith(`${who} `)).map((line) => line.replace(/^\S+ /, "").replace(/-\d+ /, " "))),
      ].sort();
    assert.deepEqual(from("visitor"), ["general 6/443", "general 6/80"]);
    assert.deepEqual(from("metadata"), ["general 6/443", "general 6/80"]);
    assert.deepEqual(from("administrator"), ["bastion 6/22", "general 6/443", "general 6/80"]);
  });
});
