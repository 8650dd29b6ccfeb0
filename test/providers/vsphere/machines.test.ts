import assert from "node:assert/strict";
import { secret } from "@pulumi/pulumi";
import { value } from "../../support/openstack";
import { merge, samplePlan } from "../../support/plan";
import { build, built, ON_VSPHERE, VOLUMES } from "../../support/vsphere";

const HIGH = merge(ON_VSPHERE, VOLUMES);

/** What a machine's guest is told, decoded. */
function told(inputs: Readonly<Record<string, unknown>>, what: "metadata" | "userdata"): string {
  const config = inputs.extraConfig as Record<string, string>;
  assert.equal(config[`guestinfo.${what}.encoding`], "base64");
  return Buffer.from(config[`guestinfo.${what}`] ?? "", "base64").toString();
}

describe("a machine on vSphere", () => {
  it("is cloned from the template, takes over what the provider compares, and lets its guest see the disks' UUIDs", async () => {
    const { inputs, options } = (await build(samplePlan("highAvailability", HIGH))).get("seoul-machine-cp-1");
    const { extraConfig: _told, ...rest } = inputs;
    assert.deepEqual(rest, {
      name: "seoul-cp-1",
      annotation: "kpaas seoul: cp-1 (control-plane, etcd)",
      resourcePoolId: "seoul-pool-az-2-id",
      datastoreId: "datastore1-id",
      folder: "seoul",
      clone: { templateUuid: "4220a5a5-0000-4000-8000-000000000001" },
      guestId: "ubuntu64Guest",
      firmware: "efi",
      scsiType: "pvscsi",
      numCpus: 4,
      memory: 16384,
      networkInterfaces: [{ networkId: "VM Network-id", adapterType: "vmxnet3" }],
      disks: [{ label: "boot disk", unitNumber: 0, size: 40, thinProvisioned: true }],
      enableDiskUuid: true,
      tags: ["seoul-tag-label-team-id", "seoul-tag-role-control-plane-id", "seoul-tag-role-etcd-id", "seoul-tag-zone-az-2-id"],
      waitForGuestNetTimeout: 10,
    });
    assert.deepEqual(options.ignoreChanges, ["clone", "guestId", "firmware", "scsiType", "networkInterfaces", "disks[0]", "extraConfig"]);
  });

  it("is told its planned address, its gateway and its resolvers, and the key that opens it", async () => {
    const publicKey = "ssh-ed25519 AAAA";
    const ssh = { publicKey, privateKey: { env: "SSH_KEY" } };
    const secrets = { sshPrivateKey: secret("canary") };
    const g = await build(samplePlan("minimal", merge(ON_VSPHERE, { infrastructure: { access: { ssh } } })), secrets);
    assert.deepEqual(JSON.parse(told(g.get("seoul-machine-worker-1").inputs, "metadata")), {
      "instance-id": "seoul-worker-1",
      "local-hostname": "worker-1",
      "public-keys-data": [publicKey],
      network: {
        version: 2,
        ethernets: {
          nodes: {
            match: { name: "e*" },
            dhcp4: false,
            dhcp6: false,
            addresses: ["10.20.0.3/16"],
            routes: [{ to: "0.0.0.0/0", via: "10.20.0.1" }],
            nameservers: { addresses: ["10.0.0.2"] },
          },
        },
      },
      "wait-on-network": { ipv4: true, ipv6: false },
    });
    assert.match(told(g.get("seoul-machine-worker-1").inputs, "userdata"), /^#cloud-config\n[\s\S]*kpaas-pod-filter/);
  });

  it("has its volumes attached by their files, and knows each by its UUID; the NFS server finds its share by its place", async () => {
    const g = await build(samplePlan("highAvailability", HIGH));
    const [, osd] = g.get("seoul-machine-general-1").inputs.disks as object[];
    const volume = g.get("seoul-volume-general-1.osd");
    const path = "kpaas-seoul/general-1.osd.vmdk";
    assert.deepEqual(osd, {
      label: "osd",
      unitNumber: (osd as { unitNumber: number }).unitNumber,
      attach: true,
      path,
      datastoreId: "datastore1-id",
    });
    assert.deepEqual(volume.inputs, {
      ...{ datacenter: "Seoul", datastore: "datastore1", vmdkPath: path, size: 100, type: "thin", createDirectories: true },
    });
    assert.equal(volume.options.protect, true);
    const device = await value(built(g).machines["general-1"]?.devices.osd);
    assert.match(device ?? "", /^\/dev\/disk\/by-id\/wwn-0x6000c29/);
    assert.match(told(g.get("seoul-machine-nfs").inputs, "userdata"), /\/dev\/disk\/by-path\/pci-\*-scsi-0:0:\d+:0/);
  });

  it("keeps the bastion's host key a secret", async () => {
    const g = await build(samplePlan("highAvailability", HIGH));
    const { inputs, options } = g.get("seoul-machine-bastion");
    assert.deepEqual(options.additionalSecretOutputs, ["extraConfig"]);
    assert.ok(JSON.stringify(inputs.extraConfig).includes("4dabf18193072939515e22adb298388d"), "a secret's envelope");
    assert.equal(g.get("seoul-machine-cp-1").options.additionalSecretOutputs.length, 0);
  });

  it("is what the file's sizes say: written out, by the table, or by the file's own table", async () => {
    const sizes = { vsphere: { sizes: { large: { cpus: 6, memoryGiB: 24 } } } };
    const own = merge(ON_VSPHERE, { infrastructure: sizes, cluster: { pools: { worker: { nodes: 1, size: "3x5" } } } });
    const plan = samplePlan("standard", own);
    assert.deepEqual(
      plan.machines.map(({ key, size }) => `${key} ${size}`),
      ["bastion 2x2", "cp-1 6x24", "worker-1 3x5", "nfs 2x8"],
    );
    const { inputs } = (await build(plan)).get("seoul-machine-cp-1");
    assert.deepEqual([inputs.numCpus, inputs.memory], [6, 24576]);
  });

  it("is put where its zone is: a compute cluster of that name, another one, or a pool of one", async () => {
    const zones = { "az-1": { resourcePool: "rack-1", datastore: "ssd" }, "az-2": { cluster: "Other" } };
    const plan = samplePlan("highAvailability", merge(HIGH, { infrastructure: { vsphere: { zones } } }));
    const g = await build(plan);
    const placed = (key: string) => {
      const { resourcePoolId, datastoreId } = g.get(`seoul-machine-${key}`).inputs;
      return [plan.machines.find((each) => each.key === key)?.zone, resourcePoolId, datastoreId];
    };
    assert.deepEqual(["cp-1", "cp-2", "cp-3"].map(placed), [
      ["az-2", "seoul-pool-Other-id", "datastore1-id"],
      ["az-3", "seoul-pool-az-3-id", "datastore1-id"],
      ["az-1", "Cluster/Resources/rack-1-id", "ssd-id"],
    ]);
    assert.equal(g.get("seoul-pool-Other").inputs.parentResourcePoolId, "pool of Other");
  });

  it("has its disks on its zone's datastore, by the id that vCenter gives it, where the zones of one compute cluster have their own", async () => {
    const zones = Object.fromEntries(["az-1", "az-2", "az-3"].map((zone) => [zone, { cluster: "Cluster", datastore: `of-${zone}` }]));
    const plan = samplePlan("highAvailability", merge(HIGH, { infrastructure: { vsphere: { zones } } }));
    const g = await build(plan);
    for (const { name, zone } of plan.machines)
      assert.equal(g.get(`seoul-machine-${name}`).inputs.datastoreId, zone === undefined ? "datastore1-id" : `of-${zone}-id`, name);
  });
});
