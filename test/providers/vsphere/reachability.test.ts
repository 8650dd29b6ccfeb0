import assert from "node:assert/strict";
import type { Profile } from "../../../model/plan/types";
import { hostsFirewall } from "../../support/firewalls/hosts";
import { openstackFirewall } from "../../support/firewalls/openstack";
import { build as buildOpenStack } from "../../support/openstack";
import { type FileContent, merge, samplePlan } from "../../support/plan";
import { OUTSIDE, PROBES } from "../../support/probes";
import { enteringOnly, reaches } from "../../support/reachability";
import { build, ON_VSPHERE } from "../../support/vsphere";

async function open(profile: Profile, over: FileContent): Promise<{ readonly openstack: Set<string>; readonly vsphere: Set<string> }> {
  const same = { cluster: { apiEndpoint: { kind: "virtualIp" } } };
  const [theirs, ours] = [samplePlan(profile, merge(over, same)), samplePlan(profile, merge(merge(ON_VSPHERE, over), same))];
  return {
    openstack: reaches(enteringOnly(openstackFirewall(await buildOpenStack(theirs))), OUTSIDE, PROBES),
    vsphere: reaches(hostsFirewall(await build(ours), ours.cluster.variables), OUTSIDE, PROBES),
  };
}

/** Only what enters: what leaves, hosts do not look at. */
describe("what enters machines on vSphere", function () {
  this.timeout(240_000);

  const plugins = [{ plugin: "calico" }, { plugin: "calico", encapsulation: "ipip" }, { plugin: "cilium" }, { plugin: "flannel" }];
  for (const [index, network] of plugins.entries())
    it(`is what enters on OpenStack: ${Object.values(network).join(" ")}`, async () => {
      const etcd = index % 2 === 0 ? {} : { etcd: { placement: "external", nodes: 3 } };
      for (const profile of ["minimal", "highAvailability"] as const) {
        const volumes = { pools: { general: { nodes: 3, volumes: undefined } } };
        const { openstack, vsphere } = await open(profile, { cluster: { network, ...etcd, ...(profile === "minimal" ? {} : volumes) } });
        const more = (one: Set<string>, other: Set<string>): string[] => [...one].filter((line) => !other.has(line));
        assert.deepEqual(more(openstack, vsphere), [], "OpenStack lets more in");
        assert.deepEqual(more(vsphere, openstack), [], "vSphere lets more in");
      }
    });

  it("is nothing from the world but what the file says, and SSH by way of the bastion alone", async () => {
    const { vsphere } = await open("highAvailability", { cluster: { pools: { general: { nodes: 3, volumes: undefined } } } });
    const of = (whom: string): string[] => [...vsphere].filter((line) => line.startsWith(`${whom} `)).sort();
    assert.deepEqual(
      of("visitor"),
      ["general-1", "general-2", "general-3"].flatMap((name) => [443, 80].map((port) => `visitor ${name} 6/${port}`)),
    );
    assert.ok(of("administrator").includes("administrator bastion 6/22"));
    const sources = [...vsphere].filter((line) => / (cp|general|nfs)\S* 6\/22$/.test(line)).map((line) => line.split(" ")[0]);
    assert.deepEqual([...new Set(sources)], ["bastion"]);
  });
});
