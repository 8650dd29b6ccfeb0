import assert from "node:assert/strict";
import { NOT_FOUND } from "../../../engine/state/findable";
import type { Properties } from "../../../plugin/rpc/provider";
import { type Short, type TestVCenter, told, vcenterUnderTest } from "./fixture";

const NOWHERE = "42200000-0000-4000-8000-000000000000";

interface Case {
  readonly what: string;
  readonly type: Short;
  readonly inputs: (vcenter: TestVCenter) => Promise<Properties> | Properties;
  readonly says: RegExp;
}

const boot = { label: "boot disk", unitNumber: 0, size: 40 };
const CREATES: readonly Case[] = [
  {
    what: "an unknown input, naming the near one",
    type: "machine",
    inputs: (v) => v.machine({ numCpu: 2 }),
    says: /Did you mean "numCpus"/,
  },
  { what: "a machine in no pool", type: "machine", inputs: () => ({}), says: /"resourcePoolId" is required/ },
  {
    what: "a machine in a pool that is not there",
    type: "machine",
    inputs: (v) => v.machine({ resourcePoolId: "resgroup-9" }),
    says: /could not find resource pool ID "resgroup-9": ServerFaultCode: The object has already been deleted/,
  },
  {
    what: "a machine of a template that is not there",
    type: "machine",
    inputs: (v) => v.machine({ clone: { templateUuid: NOWHERE } }),
    says: /cannot locate virtual machine or template with UUID/,
  },
  {
    what: "a machine of another guest than its template",
    type: "machine",
    inputs: (v) => v.machine({ guestId: "centos9_64Guest" }),
    says: /invalid guest ID "centos9_64Guest" for clone/,
  },
  {
    what: "a machine without disks",
    type: "machine",
    inputs: (v) => v.machine({ disks: [] }),
    says: /there must be at least one disk specified/,
  },
  {
    what: "a machine with nothing to boot from",
    type: "machine",
    inputs: (v) => v.machine({ disks: [{ ...boot, unitNumber: 2 }] }),
    says: /at least one disk must have a unit_number of 0/,
  },
  {
    what: "two disks at one place",
    type: "machine",
    inputs: (v) => v.machine({ disks: [boot, { ...boot, label: "b" }] }),
    says: /duplicate SCSI unit_number 0/,
  },
  {
    what: "two disks of one label",
    type: "machine",
    inputs: (v) => v.machine({ disks: [boot, { ...boot, unitNumber: 1 }] }),
    says: /duplicate name boot disk/,
  },
  {
    what: "a boot disk smaller than the template's",
    type: "machine",
    inputs: (v) => v.machine({ disks: [{ ...boot, size: 5 }] }),
    says: /at least the same size of source when cloning \(expected: >= 10 GiB\)/,
  },
  {
    what: "a disk that is attached and has a size",
    type: "machine",
    inputs: async (v) => v.machine({ disks: [boot, { ...(await v.volume()).attached, size: 10 }] }),
    says: /size for disk "osd" cannot be defined when attach is set/,
  },
  {
    what: "a disk that is not there",
    type: "machine",
    inputs: async (v) => v.machine({ disks: [boot, { ...(await v.volume()).attached, path: "nowhere.vmdk" }] }),
    says: /nowhere\.vmdk was not found/,
  },
  {
    what: "a card in a network that is not there",
    type: "machine",
    inputs: (v) => v.machine({ networkInterfaces: [{ networkId: "network-9" }] }),
    says: /Network with ID network-9 not found/,
  },
  {
    what: "a machine without a card",
    type: "machine",
    inputs: (v) => v.machine({ networkInterfaces: [] }),
    says: /network_interface parameter is required/,
  },
  {
    what: "a name that is in use in the folder",
    type: "machine",
    inputs: async (v) => {
      await v.create("machine", await v.machine());
      return v.machine({ extraConfig: {} });
    },
    says: /The name 'seoul-cp-1' already exists/,
  },
  {
    what: "an address that another machine has: its guest tells none",
    type: "machine",
    inputs: async (v) => {
      await v.create("machine", await v.machine());
      return v.machine({ name: "seoul-cp-2" });
    },
    says: /timeout waiting for an available IP address/,
  },
  {
    what: "a machine on a datastore without room",
    type: "machine",
    inputs: (v) => {
      v.world({ full: ["datastore1"] });
      return v.machine();
    },
    says: /Insufficient disk space on datastore 'datastore1'/,
  },
  {
    what: "a machine in a cluster without room",
    type: "machine",
    inputs: (v) => {
      v.world({ full: ["Cluster"] });
      return v.machine();
    },
    says: /Insufficient resources/,
  },
  {
    what: "a tag that is not there",
    type: "machine",
    inputs: (v) => v.machine({ tags: ["urn:vmomi:InventoryServiceTag:none:GLOBAL"] }),
    says: /tag-association.*404 Not Found/,
  },
  {
    what: "a folder whose parent is not there",
    type: "folder",
    inputs: () => ({ path: "a/b", type: "vm", datacenterId: "d" }),
    says: /folder '\/Seoul\/vm\/a' not found/,
  },
  {
    what: "a folder that is there",
    type: "folder",
    inputs: (v) => {
      v.world({ folders: ["a"] });
      return { path: "a", type: "vm", datacenterId: "d" };
    },
    says: /The name 'a' already exists/,
  },
  { what: "a folder of no type", type: "folder", inputs: () => ({ path: "a", type: "machines" }), says: /expected type to be one of/ },
  {
    what: "a pool in a cluster without DRS",
    type: "pool",
    inputs: async (v) => {
      v.world({ withoutDrs: ["Cluster"] });
      return { name: "seoul", parentResourcePoolId: (await v.machine()).resourcePoolId };
    },
    says: /DRS is not enabled/,
  },
  {
    what: "a disk on a datastore that is not there",
    type: "disk",
    inputs: () => ({ datastore: "none", vmdkPath: "a.vmdk", size: 1 }),
    says: /datastore 'none' not found/,
  },
  {
    what: "a disk in a folder that is not there",
    type: "disk",
    inputs: () => ({ datastore: "datastore1", vmdkPath: "a/b.vmdk", size: 1 }),
    says: /\[datastore1\] a was not found/,
  },
  { what: "a disk that is there", type: "disk", inputs: async (v) => (await v.volume()).disk.inputs, says: /already exists/ },
  {
    what: "a rule for one machine",
    type: "rule",
    inputs: async (v) => ({
      name: "r",
      computeClusterId: (await v.client.invoke("vsphere:index/getComputeCluster:getComputeCluster", { name: "Cluster" })).properties.id,
      virtualMachineIds: [(await v.create("machine", await v.machine())).id],
    }),
    says: /specified parameter was not correct/,
  },
  {
    what: "a category whose name is in use",
    type: "category",
    inputs: async (v) => (await v.create("category", { name: "kpaas-seoul", cardinality: "MULTIPLE", associableTypes: ["Folder"] })).inputs,
    says: /could not create category/,
  },
  {
    what: "a tag of no category",
    type: "tag",
    inputs: () => ({ name: "a=b", categoryId: "urn:vmomi:InventoryServiceCategory:none:GLOBAL" }),
    says: /could not create tag.*404 Not Found/,
  },
];

describe("the simulated vCenter refuses", () => {
  const vcenter = vcenterUnderTest();

  for (const { what, type, inputs, says } of CREATES)
    it(what, async () => {
      await assert.rejects(async () => vcenter.it.create(type, await inputs(vcenter.it)), says);
    });

  it("to delete a folder or a pool that something is in, and a category takes its tags along", async () => {
    const v = vcenter.it;
    const folder = await v.create("folder", { path: "seoul", type: "vm", datacenterId: "d" });
    const pool = await v.create("pool", { name: "seoul", parentResourcePoolId: (await v.machine()).resourcePoolId });
    const category = await v.create("category", { name: "kpaas-seoul", cardinality: "MULTIPLE", associableTypes: ["VirtualMachine"] });
    const tag = await v.create("tag", { name: "a=b", categoryId: category.id });
    const machine = await v.create("machine", await v.machine({ resourcePoolId: pool.id, tags: [tag.id] }));
    await assert.rejects(v.delete(folder), /folder is not empty, please remove all items before deleting/);
    await assert.rejects(v.delete(pool), /still has children resources/);
    await v.delete(tag);
    assert.deepEqual((await v.read(machine)).properties.tags, []);
    for (const each of [machine, folder, pool, category]) await v.delete(each);
    assert.equal((await v.read(category)).id, "");
  });

  it("to grow, delete or lend a disk that a machine has, as long as it has it", async () => {
    const v = vcenter.it;
    const { disk, attached } = await v.volume();
    const machine = await v.create("machine", await v.machine({ disks: [boot, attached] }));
    await assert.rejects(
      v.update(disk, { size: 20 }),
      /Failed to lock the file \[datastore1\] kpaas-seoul\/a\.osd\.vmdk: virtual machine seoul-cp-1 has it/,
    );
    await assert.rejects(v.delete(disk), /Failed to lock the file/);
    const other = await v.machine({ name: "seoul-b", disks: [boot, attached], extraConfig: { "guestinfo.metadata": told("10.20.0.4") } });
    await assert.rejects(v.create("machine", other), /Failed to lock the file/);
    await v.update(machine, { disks: [boot] });
    await v.update(disk, { size: 20 });
    await assert.rejects(v.update(disk, { size: 10 }), /shrinking a virtual disk is not supported/);
    await v.create("machine", other);
  });

  it("lookups of what is not there, in words by which everybody knows that it is not", async () => {
    for (const [lookup, args] of Object.entries({
      ...{
        getDatacenter: { name: "none" },
        getComputeCluster: { name: "none" },
        getDatastore: { name: "none" },
        getNetwork: { name: "none" },
      },
      ...{ getResourcePool: { name: "none" }, getFolder: { path: "/Seoul/vm/none" }, getVirtualMachine: { name: "none" } },
      ...{ getTagCategory: { name: "none" }, getTag: { name: "none", categoryId: "c" }, getPolicy: { name: "none" } },
    }))
      await assert.rejects(vcenter.it.client.invoke(`vsphere:index/${lookup}:${lookup}`, args), NOT_FOUND, lookup);
    vcenter.it.world({ datacenters: ["Seoul", "Busan"] });
    await assert.rejects(vcenter.it.client.invoke("vsphere:index/getDatacenter:getDatacenter", {}), /resolves to multiple instances/);
  });
});
