import assert from "node:assert/strict";
import { lossOf } from "../../../engine/state/loss";
import { appliedState } from "../../../model/guard/applied";
import { findDangers } from "../../../model/guard/dangers";
import { findable } from "../../../providers/vsphere/findable";
import { marks } from "../../../providers/vsphere/marks";
import { NEEDS, type Privileges, permissions, resourceTypes } from "../../../providers/vsphere/permissions";
import { type FileContent, merge, sampleEnvironment, samplePlan } from "../../support/plan";
import { build, ON_VSPHERE, VOLUMES } from "../../support/vsphere";

const HIGH = merge(ON_VSPHERE, VOLUMES);
const pool = (general: object) => merge(HIGH, { cluster: { pools: { general } } });
const volumes = (...sizes: number[]) => sizes.map((sizeGiB, index) => ({ name: ["osd", "more"][index], sizeGiB }));

/** What the guard says of a change from one pool to another. */
function said(before: object, after: object): string[] {
  const first = sampleEnvironment("highAvailability", pool(before));
  const { plan } = sampleEnvironment("highAvailability", pool(after), first.lock);
  return findDangers(appliedState(first.plan), plan, first.plan.cluster).map(({ key, action, path }) => `${key}:${action} ${path}`);
}

describe("a plan for vSphere", () => {
  it("leaves no range to the cloud, which has no ports in the network, and says so in the lock", () => {
    const { plan, lock } = sampleEnvironment("minimal", ON_VSPHERE);
    assert.deepEqual(plan.network.subnets, [{ name: "node", cidr: "10.20.0.0/16", gateway: "10.20.0.1" }]);
    assert.equal(lock.network.cloudRange, "none");
    assert.equal(sampleEnvironment("minimal", ON_VSPHERE, lock).lockState, "current");
  });

  it("gives data volumes no other size and no other machine: they are locked while theirs runs", () => {
    const nodes = { a: {}, b: {} };
    assert.deepEqual(said({ nodes, volumes: volumes(10) }, { nodes, volumes: volumes(20) }), [
      "a:never cluster.pools.general.volumes.0.sizeGiB",
      "b:never cluster.pools.general.volumes.0.sizeGiB",
    ]);
    assert.deepEqual(said({ nodes, volumes: volumes(10) }, { nodes: { a: { generation: 2 }, b: {} }, volumes: volumes(10) }), [
      "a:never cluster.pools.general.nodes.a.generation",
    ]);
    assert.deepEqual(said({ nodes, volumes: volumes(10) }, { nodes, volumes: volumes(10, 10) }), []);
  });

  it("has machines of a name for a size resized, where the file gives that another meaning", () => {
    const first = sampleEnvironment("minimal", ON_VSPHERE);
    const sizes = { infrastructure: { vsphere: { sizes: { large: { cpus: 4, memoryGiB: 12 } } } } };
    const { plan } = sampleEnvironment("minimal", merge(ON_VSPHERE, sizes), first.lock);
    assert.deepEqual(
      findDangers(appliedState(first.plan), plan, first.plan.cluster).map(({ key, action }) => `${key}:${action}`),
      ["cp-1:resize"],
    );
  });

  it("gives several control planes an address that they hold between themselves, and moves none that stands", () => {
    const { apiEndpoint, cluster } = samplePlan("highAvailability", HIGH);
    assert.equal(apiEndpoint.kind, "virtualIp");
    assert.deepEqual([cluster.variables.kube_vip_enabled, cluster.variables.kube_vip_address], [true, apiEndpoint.address]);
    const one = sampleEnvironment("minimal", ON_VSPHERE);
    const three = merge(ON_VSPHERE, { cluster: { controlPlane: { nodes: 3 } } });
    const grown = sampleEnvironment("minimal", three, one.lock).plan;
    assert.deepEqual([grown.apiEndpoint, grown.cluster.variables.kube_vip_enabled], [one.plan.apiEndpoint, undefined]);
    const wide = sampleEnvironment("minimal", three);
    const narrow = sampleEnvironment("minimal", ON_VSPHERE, wide.lock).plan;
    assert.deepEqual([narrow.apiEndpoint, narrow.cluster.variables.kube_vip_enabled], [wide.plan.apiEndpoint, true]);
  });

  it("says on machines and volumes whose they are, which a destroy tells by", async () => {
    const plan = samplePlan("highAvailability", HIGH);
    const g = await build(plan);
    for (const { key, name, roles, volumes: own } of plan.machines) {
      assert.deepEqual(marks(g.get(`seoul-machine-${name}`).inputs), { key, roles }, name);
      for (const { name: volume } of own)
        assert.deepEqual(marks(g.get(`seoul-volume-${key}.${volume}`).inputs), { key, volume, roles: [] });
    }
    const resources = g.resources.map(({ type, name, inputs }) => ({ urn: `urn:pulumi:seoul::kpaas::${type}::${name}`, type, inputs }));
    assert.deepEqual(lossOf(resources, []).lost.slice(0, 2), [
      "NFS share: volume share of nfs, 200 GiB, with every volume claim on it",
      "volume osd of general-1, 100 GiB",
    ]);
    assert.equal(lossOf(resources, ["volumes"]).kept.length, 4);
  });

  it("asks for the privileges of what it makes, and for no others", async () => {
    assert.deepEqual(Object.keys(NEEDS).sort(), Object.keys(findable).sort());
    const own = (vsphere: FileContent, more: FileContent = {}) => merge(merge(HIGH, { infrastructure: { vsphere } }), more);
    const variants = [
      HIGH,
      own({ resourcePool: "Resources" }),
      own({ resourcePool: "Resources" }, { infrastructure: { zones: undefined } }),
      own({ zones: { "az-1": {}, "az-2": {}, "az-3": { cluster: "Other" } }, resourcePool: "mine" }),
      own({ zones: Object.fromEntries(["az-1", "az-2", "az-3"].map((zone) => [zone, { resourcePool: zone }])) }),
    ];
    for (const over of variants) {
      const plan = samplePlan("highAvailability", over);
      const types = new Set((await build(plan)).resources.map(({ type }) => type).filter((type) => type.startsWith("vsphere:index")));
      assert.deepEqual(resourceTypes(plan).sort(), [...types].sort());
    }
    const { cluster, folder, pool: pools, datacenter } = permissions(samplePlan("highAvailability", HIGH)) as Privileges;
    assert.ok(cluster?.includes("Resource.CreatePool"));
    // What is tagged needs a privilege of its own beside the tag's.
    for (const where of [cluster, folder]) assert.ok(where?.includes("InventoryService.Tagging.ObjectAttachable"));
    assert.deepEqual([pools, datacenter], [["Resource.AssignVMToPool"], ["System.Read", "System.View"]]);
    const few = permissions(samplePlan("standard", merge(ON_VSPHERE, variants[2]!))) as Privileges;
    assert.ok(!few.cluster?.includes("Resource.CreatePool"));
  });

  it("has the hosts' own firewall unless the file asks for none, of bastion and NFS server too, and nothing else of existing hosts", () => {
    const guarded = samplePlan("highAvailability", HIGH);
    const open = samplePlan("highAvailability", merge(HIGH, { infrastructure: { vsphere: { firewall: "none" } } }));
    const own = ({ variables }: typeof open.cluster) => Object.keys(variables).filter((name) => name.startsWith("kpaas_"));
    assert.deepEqual(own(open.cluster), []);
    assert.equal(open.cluster.hosts, undefined);
    assert.deepEqual(own(guarded.cluster), ["kpaas_firewalls", "kpaas_firewall_of", "kpaas_firewall"]);
    const address = (key: string) => guarded.machines.find((machine) => machine.key === key)?.address ?? "";
    assert.deepEqual(guarded.cluster.hosts, {
      bastion: { address: address("bastion"), groups: [] },
      nfs: { address: address("nfs"), groups: [] },
    });
  });
});
