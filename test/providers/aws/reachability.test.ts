import assert from "node:assert/strict";
import fc from "fast-check";
import type { Profile } from "../../../model/plan/types";
import { type Compared, passesAsOnOpenstack } from "../../support/as-openstack";
import { awsPlan, buildAws, ZONES } from "../../support/aws";
import { awsFirewall } from "../../support/firewalls/aws";
import { OUTSIDE, PROBES } from "../../support/probes";
import { type Extra, reaches } from "../../support/reachability";

/** What the one cloud lets through and the other does not. */
const EXTRAS: readonly Extra[] = [
  { of: "openstack", what: /^\S+ metadata 6\/80$/, why: "EC2's groups do not look at what goes to its metadata, DHCP and resolver" },
  { of: "openstack", what: /^\S+ \S+ 17\/67$/, why: "the same" },
  { of: "openstack", what: /^\S+ \S+ (6|17)\/7946$/, why: "MetalLB's members, which AWS has none of" },
  {
    of: "openstack",
    what: /^(administrator|visitor|\S+) (general|worker)-\S+ 6\/(80|443)$/,
    why: "the ingress's own address on workers; on AWS the balancer has it",
  },
  { of: "openstack", what: /^\S+ load-balancer /, why: "Octavia's balancer is the cloud's, and guards itself by its listener's ranges" },
  { of: "openstack", what: /^load-balancer /, why: "the same" },
  {
    of: "openstack",
    what: /^\S+ cp-\S+ 6\/6443$/,
    why: "an amphora dials from some address of the node subnet, which is let in whole; without a balancer administrators come in to the control plane itself",
  },
  {
    of: "own",
    what: /^(administrator|visitor|\S+) load-balancer 6\/(80|443|6443)$/,
    why: "balancers lead in, to the ingress and to the API",
  },
  {
    of: "own",
    what: /^(administrator|visitor) (load-balancer|bastion) 1$/,
    why: "EC2's groups drop ICMP that belongs to what they let in",
  },
  { of: "own", what: /^load-balancer (general|worker)-\S+ 6\/(30080|30443)$/, why: "the ingress behind its balancer" },
  { of: "own", what: /^load-balancer cp-\S+ 6\/6443$/, why: "the API behind its balancer" },
  { of: "own", what: /^\S+ cp-\S+ 6\/6443$/, why: "nodes reach every control plane by a proxy of their own" },
];

const aws: Compared = { plan: awsPlan, firewall: async (plan) => awsFirewall(await buildAws(plan)), extras: EXTRAS };

describe("what passes on AWS", function () {
  this.timeout(240_000);

  it("is what passes on OpenStack, but for what each cloud has of its own", async () => {
    await passesAsOnOpenstack(aws, "minimal", {});
    await passesAsOnOpenstack(aws, "highAvailability", { infrastructure: { access: { ingressCidrs: undefined } } });
    // The driver of EBS asks where images and packages come from.
    await passesAsOnOpenstack(
      aws,
      "minimal",
      { platform: { storage: { kind: "existing", className: "fast" } } },
      { platform: { storage: { kind: "cloud", className: undefined } } },
    );
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
      storage: fc.constantFrom({}, { storage: { kind: "existing", className: "fast" } }),
    });
    await fc.assert(
      fc.asyncProperty(environments, async ({ profile, bastion, plugin, etcd, storage }) => {
        await passesAsOnOpenstack(aws, profile, {
          infrastructure: { zones: ZONES, access: { bastion, ingressCidrs: ["203.0.113.0/24"] } },
          cluster: { network: plugin, ...etcd },
          platform: storage,
        });
      }),
      { numRuns: 3, verbose: 1 },
    );
  });

  it("is nothing from the world but what the file says, and SSH through the bastion alone", async () => {
    const firewall = awsFirewall(await buildAws(awsPlan("highAvailability")));
    const open = reaches(firewall, OUTSIDE, PROBES);
    assert.deepEqual([...open].filter((line) => line.startsWith("visitor ")).sort(), [
      "visitor load-balancer 1",
      "visitor load-balancer 6/443",
      "visitor load-balancer 6/80",
    ]);
    assert.deepEqual([...open].filter((line) => line.startsWith("administrator ")).sort(), [
      "administrator bastion 1",
      "administrator bastion 6/22",
      "administrator load-balancer 1",
      "administrator load-balancer 6/443",
      "administrator load-balancer 6/6443",
      "administrator load-balancer 6/80",
    ]);
    assert.deepEqual([...new Set([...open].filter((line) => line.endsWith(" 6/22")).map((line) => line.split(" ")[0]))].sort(), [
      "administrator",
      "bastion",
    ]);
  });

  it("stops for every rule that is left out", async () => {
    const firewall = awsFirewall(await buildAws(awsPlan("minimal")));
    // Equal ways may be open by another rule of a wider group; nothing is closed by fewer.
    const whole = reaches(firewall, { ...OUTSIDE, inside: "10.20.9.9" }, PROBES);
    const idle = firewall.rules.filter((rule) => {
      const without = { ...firewall, rules: firewall.rules.filter((each) => each !== rule) };
      return reaches(without, { ...OUTSIDE, inside: "10.20.9.9" }, PROBES).size === whole.size;
    });
    // A role on one machine alone reaches nobody of its own: etcd's members among each other, the control planes' etcd.
    assert.deepEqual([...new Set(idle.map(({ group }) => group))].sort(), ["seoul-sg-control-plane-id", "seoul-sg-etcd-id"]);
  });
});
