import assert from "node:assert/strict";
import fc from "fast-check";
import type { Profile } from "../../../model/plan/types";
import { compileRules, numbersOf } from "../../../providers/azure/security-rules";
import { type Compared, passesAsOnOpenstack } from "../../support/as-openstack";
import { azurePlan, buildAzure, ZONES } from "../../support/azure";
import { azureFirewall } from "../../support/firewalls/azure";
import type { FileContent } from "../../support/plan";
import { OUTSIDE, PROBES } from "../../support/probes";
import { type Extra, reaches } from "../../support/reachability";

/** Azure asks members how they are from an address of its own. */
const ENDS = { ...OUTSIDE, prober: "168.63.129.16" };

/** What the one cloud lets through and the other does not. */
const EXTRAS: readonly Extra[] = [
  { of: "openstack", what: /^\S+ metadata 6\/80$/, why: "Azure's groups do not look at what goes to its metadata, DHCP and resolver" },
  { of: "openstack", what: /^\S+ \S+ 17\/67$/, why: "the same" },
  { of: "openstack", what: /^\S+ \S+ (6|17)\/7946$/, why: "MetalLB's members, which Azure has none of" },
  { of: "openstack", what: /^\S+ (general|worker)-\S+ 6\/(80|443)$/, why: "the ingress's own ports; on Azure they are the balancer's" },
  { of: "openstack", what: /^\S+ load-balancer /, why: "Octavia's balancer is an end of its own; Azure's hands packets on as they are" },
  { of: "openstack", what: /^load-balancer /, why: "the same" },
  { of: "openstack", what: /^\S+ cp-\S+ 6\/6443$/, why: "an amphora dials from some address of the node subnet, which is let in whole" },
  { of: "own", what: /^\S+ (general|worker)-\S+ 6\/(30080|30443)$/, why: "the ingress behind its balancer, with its clients' addresses" },
  { of: "own", what: /^\S+ cp-\S+ 6\/6443$/, why: "the API behind its balancer, and for the proxy that each node has" },
];

const azure: Compared = { plan: azurePlan, firewall: async (plan) => azureFirewall(await buildAzure(plan)), extras: EXTRAS, ends: ENDS };

describe("what passes on Azure", function () {
  this.timeout(240_000);

  it("is what passes on OpenStack, but for what each cloud has of its own", async () => {
    await passesAsOnOpenstack(azure, "minimal", {});
    await passesAsOnOpenstack(azure, "highAvailability", { infrastructure: { access: { ingressCidrs: undefined } } });
  });

  it("is the same for environments of all sorts", async () => {
    const environments = fc.record({
      profile: fc.constantFrom<Profile>("minimal", "standard", "highAvailability"),
      bastion: fc.boolean(),
      plugin: fc.constantFrom({ plugin: "calico" }, { plugin: "cilium" }, { plugin: "flannel" }),
      etcd: fc.constantFrom({}, { etcd: { placement: "external", nodes: 3 } }),
      storage: fc.constantFrom({}, { storage: { kind: "existing", className: "fast" } }),
    });
    await fc.assert(
      fc.asyncProperty(environments, async ({ profile, bastion, plugin, etcd, storage }) => {
        await passesAsOnOpenstack(azure, profile, {
          infrastructure: { zones: ZONES, access: { bastion, ingressCidrs: ["203.0.113.0/24"] } },
          cluster: { network: plugin, ...etcd },
          platform: storage,
        });
      }),
      { numRuns: 2, verbose: 1 },
    );
  });

  it("is nothing from the world but what the file says, and SSH through the bastion alone", async () => {
    const open = [...reaches(azureFirewall(await buildAzure(azurePlan("highAvailability"))), ENDS, PROBES)];
    const from = (who: string): string[] => [
      ...new Set(open.filter((line) => line.startsWith(`${who} `)).map((line) => line.replace(/^\S+ /, "").replace(/-\d+ /, " "))),
    ];
    assert.deepEqual(from("visitor").sort(), ["general 6/30080", "general 6/30443"]);
    assert.deepEqual(from("administrator").sort(), ["bastion 6/22", "cp 6/6443", "general 6/30080", "general 6/30443"]);
    assert.deepEqual(from("prober").sort(), ["cp 6/6443", "general 6/30080", "general 6/30443"]);
    assert.deepEqual([...new Set(open.filter((line) => line.endsWith(" 6/22")).map((line) => line.split(" ")[0]))].sort(), [
      "administrator",
      "bastion",
    ]);
  });

  it("stops for every rule that is left out", async () => {
    const firewall = azureFirewall(await buildAzure(azurePlan("minimal")));
    const ends = { ...ENDS, inside: "10.20.9.9" };
    const whole = reaches(firewall, ends, PROBES);
    const idle = firewall.rules.filter(
      (rule) => reaches({ ...firewall, rules: firewall.rules.filter((each) => each !== rule) }, ends, PROBES).size === whole.size,
    );
    // A role on one machine alone reaches nobody of its own: etcd's members among each other, the control planes' etcd.
    assert.deepEqual([...new Set(idle.map(({ group }) => group))].sort(), ["seoul-asg-control-plane-id", "seoul-asg-etcd-id"]);
  });
});

describe("the rules of Azure's security group", () => {
  const numbers = (profile: Profile, over: FileContent = {}) =>
    new Map(compileRules(azurePlan(profile, over)).map(({ name, direction, priority }) => [name, `${direction} ${priority}`]));

  it("have numbers of their own, within Azure's", () => {
    for (const profile of ["minimal", "standard", "highAvailability"] as const) {
      const rules = compileRules(azurePlan(profile));
      assert.equal(new Set(rules.map(({ direction, priority }) => `${direction} ${priority}`)).size, rules.length);
      assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
      for (const { name, priority, description } of rules) {
        assert.ok(priority >= 100 && priority < 4096, name);
        assert.match(name, /^[a-z][a-z0-9-]{1,78}[a-z0-9]$/);
        assert.ok(description.length <= 140);
      }
    }
  });

  it("never get a number that another one has which comes or goes", () => {
    const names = Array.from({ length: 400 }, (_, index) => `in-worker-tcp-${index}-from-ranges`);
    const alone = new Map(names.map((name) => [name, numbersOf([name]).get(name)]));
    const pairs = names.flatMap((name, index) =>
      names.slice(index + 1).flatMap((other) => (alone.get(name) === alone.get(other) ? [[name, other] as const] : [])),
    );
    assert.ok(pairs.length > 10, "some names hash to one number");
    for (const [name, other] of pairs) {
      const both = numbersOf([name, other]);
      assert.equal(new Set([alone.get(name), both.get(name), both.get(other)]).size, 3, `${name}, ${other}`);
    }
    assert.equal(new Set(numbersOf(names).values()).size, names.length);
  });

  it("keep their numbers whatever comes or goes beside them", () => {
    const before = numbers("highAvailability");
    const variants: FileContent[] = [
      { infrastructure: { access: { adminCidrs: ["203.0.113.0/24", "198.51.100.0/24"] } } },
      { infrastructure: { access: { ingressCidrs: ["192.0.2.0/24"] } } },
      { infrastructure: { network: { dns: ["10.0.0.2", "10.0.0.3"] } } },
      { cluster: { etcd: { placement: "external", nodes: 3 } } },
      { cluster: { network: { plugin: "cilium" } } },
      { platform: { storage: { kind: "existing", className: "x" } } },
    ];
    for (const over of variants)
      for (const [name, number] of numbers("highAvailability", over))
        if (before.has(name)) assert.equal(number, before.get(name), `${name} with ${JSON.stringify(over)}`);
  });

  it("name a range once, and none that lies in another", () => {
    const plan = azurePlan("standard", {
      infrastructure: { access: { adminCidrs: ["203.0.113.0/24", "203.0.113.7/32", "192.0.2.0/24"] } },
    });
    const ssh = compileRules(plan).find(({ name }) => name === "in-bastion-tcp-22-from-ranges");
    assert.deepEqual(ssh?.peer, { prefixes: ["192.0.2.0/24", "203.0.113.0/24"] });
    const world = azurePlan("standard", { infrastructure: { access: { ingressCidrs: ["0.0.0.0/0", "192.0.2.0/24"] } } });
    assert.deepEqual(compileRules(world).find(({ name }) => name === "in-worker-tcp-30443-from-ranges")?.peer, { prefixes: ["0.0.0.0/0"] });
  });
});
