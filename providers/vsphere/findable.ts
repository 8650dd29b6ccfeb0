import { type Findable, textOf } from "../../model/findable";

const foundId = (found: Readonly<Record<string, unknown>>): string => textOf(found.id);

/** The folders of machines, whichever datacenter they are of: lookups take patterns, and find no two by one. */
const IN_ANY_DATACENTER = "/*/vm";

/** How every type of resource is found that an infrastructure on vSphere registers. */
export const findable: Readonly<Record<string, Findable>> = {
  // Its name is unique in its folder, which is the environment's own. The provider clones it first, and gives it its disks, its processors and what
  // its guest is told afterwards: how far it has come cannot be asked.
  "vsphere:index/virtualMachine:VirtualMachine": {
    how: "lookup",
    ways: [
      {
        ask: [
          {
            token: "vsphere:index/getVirtualMachine:getVirtualMachine",
            args: ({ folder, name }) => ({ name: `${IN_ANY_DATACENTER}/${textOf(folder)}/${textOf(name)}` }),
          },
        ],
        id: foundId,
        unfinished: true,
      },
    ],
  },
  "vsphere:index/folder:Folder": {
    how: "lookup",
    ways: [
      {
        ask: [{ token: "vsphere:index/getFolder:getFolder", args: ({ path }) => ({ path: `${IN_ANY_DATACENTER}/${textOf(path)}` }) }],
        id: foundId,
      },
    ],
  },
  "vsphere:index/resourcePool:ResourcePool": {
    how: "lookup",
    ways: [
      {
        ask: [
          {
            token: "vsphere:index/getResourcePool:getResourcePool",
            args: ({ name, parentResourcePoolId }) => ({ name, parentResourcePoolId }),
          },
        ],
        id: foundId,
      },
    ],
  },
  "vsphere:index/tagCategory:TagCategory": {
    how: "lookup",
    ways: [{ ask: [{ token: "vsphere:index/getTagCategory:getTagCategory", args: ({ name }) => ({ name }) }], id: foundId }],
  },
  "vsphere:index/tag:Tag": {
    how: "lookup",
    ways: [{ ask: [{ token: "vsphere:index/getTag:getTag", args: ({ name, categoryId }) => ({ name, categoryId }) }], id: foundId }],
  },
  "vsphere:index/virtualDisk:VirtualDisk": { how: "id", id: ({ vmdkPath }) => textOf(vmdkPath) },
  "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule": {
    how: "refusal",
    words: /already exists|duplicate/i,
    look: "govc cluster.rule.ls",
  },
};
