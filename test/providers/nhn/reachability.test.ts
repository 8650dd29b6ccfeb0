import assert from "node:assert/strict";
import type { Profile } from "../../../model/plan/types";
import { openstackFirewall } from "../../support/firewalls/openstack";
import { buildNhn, nhnPlan } from "../../support/nhn";
import { build } from "../../support/openstack";
import { type FileContent, merge, samplePlan } from "../../support/plan";
import { OUTSIDE, PROBES } from "../../support/probes";
import { reaches } from "../../support/reachability";

describe("what passes on NHN Cloud", () => {
  const cases: readonly (readonly [Profile, FileContent])[] = [
    ["minimal", {}],
    ["standard", { infrastructure: { access: { adminCidrs: [], bastion: false, ingressCidrs: ["198.51.100.0/24"] } } }],
    ["highAvailability", {}],
    ["highAvailability", { cluster: { apiEndpoint: { kind: "virtualIp" } } }],
  ];
  for (const [profile, over] of cases)
    it(`is what passes on OpenStack, and nothing else: ${profile} ${JSON.stringify(over)}`, async () => {
      const plan = nhnPlan(profile, over);
      const { network } = plan;
      const twin = samplePlan(
        profile,
        merge(
          {
            infrastructure: {
              zones: ["kr-pub-a", "kr-pub-b"],
              network: { cidr: network.cidr },
              access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
            },
            ...(profile === "highAvailability"
              ? { cluster: { apiEndpoint: { kind: "node" }, pools: { general: { nodes: 3, volumes: [{ name: "osd", sizeGiB: 100 }] } } } }
              : {}),
          },
          over,
        ),
      );
      const [here, there] = [
        reaches(openstackFirewall(await buildNhn(plan)), OUTSIDE, PROBES),
        reaches(openstackFirewall(await build(twin)), OUTSIDE, PROBES),
      ];
      assert.ok(here.size > 50, String(here.size));
      assert.deepEqual([...here].sort(), [...there].sort());
    });
});
