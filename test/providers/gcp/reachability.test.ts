import assert from "node:assert/strict";
import fc from "fast-check";
import type { Profile } from "../../../model/plan/types";
import { type Compared, passesAsOnOpenstack } from "../../support/as-openstack";
import { gcpFirewall } from "../../support/firewalls/gcp";
import { buildGcp, gcpPlan, ZONES } from "../../support/gcp";
import { OUTSIDE, PROBES } from "../../support/probes";
import { type Extra, reaches } from "../../support/reachability";

/** What the one cloud lets through and the other does not. */
const EXTRAS: readonly Extra[] = [
  { of: "openstack", what: /^\S+ metadata 6\/80$/, why: "GCP's metadata server, which is DHCP and resolver too, is never closed" },
  { of: "openstack", what: /^\S+ \S+ 17\/67$/, why: "the same" },
  { of: "openstack", what: /^\S+ \S+ (6|17)\/7946$/, why: "MetalLB's members, which GCP has none of" },
  { of: "openstack", what: /^\S+ load-balancer /, why: "Octavia's balancer is an end of its own; GCP's hands on what came to its members" },
  { of: "openstack", what: /^load-balancer /, why: "the same" },
  { of: "openstack", what: /^\S+ cp-\S+ 6\/6443$/, why: "an amphora dials from some address of the node subnet, which is let in whole" },
  {
    of: "own",
    what: /^(?!visitor )\S+ cp-\S+ 6\/6443$/,
    why: "who asks the balancer asks a control plane; nodes ask them by a proxy of their own",
  },
];

const gcp: Compared = { plan: gcpPlan, firewall: async (plan) => gcpFirewall(await buildGcp(plan)), extras: EXTRAS };

describe("what passes on GCP", function () {
  this.timeout(240_000);

  it("is what passes on OpenStack, but for what each cloud has of its own", async () => {
    await passesAsOnOpenstack(gcp, "minimal", {});
    await passesAsOnOpenstack(gcp, "highAvailability", { infrastructure: { access: { ingressCidrs: undefined } } });
  });

  it("is the same for environments of all sorts", async () => {
    const environments = fc.record({
      profile: fc.constantFrom<Profile>("minimal", "standard", "highAvailability"),
      bastion: fc.boolean(),
      plugin: fc.constantFrom(
        { plugin: "calico" },
        { plugin: "calico", encapsulation: "ipip" },
        { plugin: "cilium" },
        { plugin: "flannel" },
      ),
      etcd: fc.constantFrom({}, { etcd: { placement: "external", nodes: 3 } }),
    });
    await fc.assert(
      fc.asyncProperty(environments, async ({ profile, bastion, plugin, etcd }) => {
        await passesAsOnOpenstack(gcp, profile, {
          infrastructure: { zones: ZONES, access: { bastion, ingressCidrs: ["203.0.113.0/24"] } },
          cluster: { network: plugin, ...etcd },
        });
      }),
      { numRuns: 3, verbose: 1 },
    );
  });

  it("is nothing from the world but what the file says and what Google's health checks need, and SSH through the bastion alone", async () => {
    const firewall = gcpFirewall(await buildGcp(gcpPlan("highAvailability")));
    const open = reaches(firewall, { ...OUTSIDE, checks: "35.191.7.7" }, PROBES);
    const from = (who: string): string[] =>
      [...new Set([...open].filter((line) => line.startsWith(`${who} `)).map((line) => line.replace(/-\d+ /, " ")))].sort();
    assert.deepEqual(from("visitor"), ["visitor general 6/443", "visitor general 6/80"]);
    assert.deepEqual(from("administrator"), [
      "administrator bastion 6/22",
      "administrator cp 6/6443",
      "administrator general 6/443",
      "administrator general 6/80",
    ]);
    assert.deepEqual(from("checks"), ["checks cp 6/6443", "checks general 6/443", "checks general 6/80"]);
    assert.deepEqual([...new Set([...open].filter((line) => line.endsWith(" 6/22")).map((line) => line.split(" ")[0]))].sort(), [
      "administrator",
      "bastion",
    ]);
  });
});
