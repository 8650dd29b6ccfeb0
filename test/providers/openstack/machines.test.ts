import assert from "node:assert/strict";
import { build, built, value } from "../../support/openstack";
import { samplePlan } from "../../support/plan";

describe("machines on OpenStack", () => {
  it("boot from a volume of the planned size, on their own port with the planned address", async () => {
    const plan = samplePlan("highAvailability");
    const g = await build(plan);
    for (const machine of plan.machines) {
      const { inputs } = g.get(`seoul-machine-${machine.key}`);
      assert.deepEqual(inputs.networks, [{ port: `seoul-port-${machine.key}-id` }]);
      assert.equal(inputs.availabilityZone, machine.zone);
      assert.equal(inputs.configDrive, true);
      assert.deepEqual(inputs.blockDevices, [
        {
          uuid: "ubuntu-22.04-id",
          sourceType: "image",
          destinationType: "volume",
          bootIndex: 0,
          volumeSize: 50,
          volumeType: "ssd",
          deleteOnTermination: true,
        },
      ]);
      assert.deepEqual(g.get(`seoul-port-${machine.key}`).inputs.fixedIps, [{ subnetId: "seoul-subnet-id", ipAddress: machine.address }]);
    }
  });

  it("take an image by id without looking it up", async () => {
    const image = "0f8a1c5e-9d1b-4a53-8a0e-2f4d6c7b8a90";
    const g = await build(samplePlan("minimal", { infrastructure: { image } }));
    assert.equal((g.get("seoul-machine-cp-1").inputs.blockDevices as { uuid: string }[])[0]?.uuid, image);
  });

  it("ignore what only counts at first boot, and never go before their successor is there", async () => {
    const plan = samplePlan("highAvailability");
    const g = await build(plan);
    for (const { key } of plan.machines) {
      const { options } = g.get(`seoul-machine-${key}`);
      assert.deepEqual(options.ignoreChanges, ["userData", "imageId", "blockDevices", "keyPair", "schedulerHints"]);
      assert.equal(options.deleteBeforeReplace, undefined);
      assert.equal(g.get(`seoul-port-${key}`).options.deleteBeforeReplace, undefined);
      assert.notEqual(options.protect, true);
      assert.ok(options.dependsOn.includes("seoul-router-interface"));
      assert.ok(!options.dependsOn.some((name) => name.startsWith("seoul-rule-worker") && !key.startsWith("general")), key);
    }
  });

  it("stay apart within their group", async () => {
    const g = await build(samplePlan("highAvailability"));
    assert.deepEqual(g.get("seoul-group-general").inputs.policies, ["soft-anti-affinity"]);
    assert.deepEqual(g.get("seoul-machine-general-1").inputs.schedulerHints, [{ group: "seoul-group-general-id" }]);
  });

  it("may send from MetalLB's range if they are workers, and from nothing else that is not theirs", async () => {
    const plan = samplePlan("minimal", { platform: { loadBalancer: { kind: "metallb", range: "10.20.0.200-10.20.0.230" } } });
    const g = await build(plan);
    assert.deepEqual(
      (g.get("seoul-port-worker-1").inputs.allowedAddressPairs as { ipAddress: string }[]).map((pair) => pair.ipAddress),
      ["10.20.0.200", "10.20.0.200/29", "10.20.0.208/28", "10.20.0.224/30", "10.20.0.228/31", "10.20.0.230"],
    );
    assert.deepEqual(g.get("seoul-port-cp-1").inputs.allowedAddressPairs, []);
    assert.deepEqual(g.get("seoul-port-nfs").inputs.allowedAddressPairs, []);
  });

  it("may send from pod and service addresses on every node, where Calico does not encapsulate", async () => {
    const g = await build(samplePlan("minimal", { cluster: { network: { plugin: "calico", encapsulation: "none" } } }));
    const pairs = [{ ipAddress: "10.233.64.0/18" }, { ipAddress: "10.233.0.0/18" }];
    assert.deepEqual(g.get("seoul-port-cp-1").inputs.allowedAddressPairs, pairs);
    assert.deepEqual((g.get("seoul-port-worker-1").inputs.allowedAddressPairs as unknown[]).slice(-2), pairs);
    assert.deepEqual(g.get("seoul-port-nfs").inputs.allowedAddressPairs, []);
  });

  it("may send from addresses that the file names, if they are nodes", async () => {
    const named = (allowedAddresses: string[]) => ({ infrastructure: { openstack: { allowedAddresses } } });
    const g = await build(samplePlan("minimal", named(["10.20.0.99", "10.20.8.0/24"])));
    const pairs = [{ ipAddress: "10.20.0.99" }, { ipAddress: "10.20.8.0/24" }];
    assert.deepEqual(g.get("seoul-port-cp-1").inputs.allowedAddressPairs, pairs);
    assert.deepEqual((g.get("seoul-port-worker-1").inputs.allowedAddressPairs as unknown[]).slice(-2), pairs);
    assert.deepEqual(g.get("seoul-port-nfs").inputs.allowedAddressPairs, []);
    assert.throws(() => samplePlan("minimal", named(["10.20.8.1/24"])), /allowedAddresses.0 .*is no address, and no network/);
  });
});

describe("data volumes on OpenStack", () => {
  it("are protected and kept as the plan says, and grow in place", async () => {
    const kept = await build(samplePlan("highAvailability", { retain: ["volumes"] }));
    const volume = kept.get("seoul-volume-general-1.osd");
    assert.equal(volume.options.protect, true);
    assert.equal(volume.options.retainOnDelete, true);
    assert.equal(volume.options.replacementTrigger, undefined);
    assert.deepEqual([volume.inputs.size, volume.inputs.enableOnlineResize, volume.inputs.availabilityZone], [100, true, undefined]);
    const loose = await build(samplePlan("highAvailability", { protect: "none" }));
    assert.equal(loose.get("seoul-volume-general-1.osd").options.protect, false);
    assert.equal(loose.get("seoul-volume-general-1.osd").options.retainOnDelete, false);
  });

  it("are detached before they are attached to a machine built anew", async () => {
    const g = await build(samplePlan("highAvailability"));
    assert.equal(g.get("seoul-attach-general-1.osd").options.deleteBeforeReplace, true);
    assert.deepEqual(g.get("seoul-attach-general-1.osd").inputs, {
      instanceId: "seoul-machine-general-1-id",
      volumeId: "seoul-volume-general-1.osd-id",
    });
    assert.deepEqual(
      g.resources.filter((each) => each.options.dependsOn.some((name) => name.startsWith("seoul-attach"))),
      [],
      "nothing hangs on an attachment, or it would be replaced with it",
    );
  });

  it("are seen in the guest under the first 20 characters of their id", async () => {
    const { machines } = built(await build(samplePlan("highAvailability")));
    assert.equal(await value(machines.nfs?.devices.share), "/dev/disk/by-id/virtio-seoul-volume-nfs.sha");
  });

  it("are formatted and exported by the NFS server's user data, and by no other machine's", async () => {
    const g = await build(samplePlan("standard"));
    assert.match(
      String(g.get("seoul-machine-nfs").inputs.userData),
      /^#cloud-config\n[\s\S]*\/dev\/disk\/by-id\/virtio-seoul-volume-nfs.sha/,
    );
    assert.doesNotMatch(String(g.get("seoul-machine-cp-1").inputs.userData), /dev\/disk/);
  });

  it("are mounted over NFS by every node, by the client of its system", async () => {
    const clients = async (changes: Parameters<typeof samplePlan>[1]) => {
      const g = await build(samplePlan("standard", changes));
      return ["cp-1", "worker-1"].map((key) => /nfs-\w+/.exec(String(g.get(`seoul-machine-${key}`).inputs.userData))?.[0]);
    };
    const storage = { kind: "nfs", server: "10.9.0.5", path: "/srv/share" };
    assert.deepEqual(await clients(undefined), ["nfs-common", "nfs-common"]);
    assert.deepEqual(await clients({ infrastructure: { image: "rocky-9" }, platform: { storage } }), ["nfs-utils", "nfs-utils"]);
    assert.deepEqual(await clients({ platform: { storage: { kind: "existing", className: "ceph" } } }), [undefined, undefined]);
  });
});
