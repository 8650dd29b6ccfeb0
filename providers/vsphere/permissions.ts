import type { EnvironmentPlan } from "../../model/plan/types";
import { apartOf, placesOf } from "./plan";

/** What making, changing, reading and deleting a resource needs. */
export interface Needs {
  /** Privileges of vCenter, by their ids. */
  readonly privileges: string;
  /** On what of the inventory they are needed. */
  readonly on: "vCenter" | "datacenter" | "folder" | "cluster" | "pool" | "datastore" | "network" | "template";
  /** The calls they are for, and where those stand in github.com/vmware/terraform-provider-vsphere, below vsphere/. */
  readonly source: string;
}

const TAGGED = "InventoryService.Tagging.ObjectAttachable";

/** What the survey, and finding everything else, needs. */
const LOOKED_AT: readonly Needs[] = [
  { privileges: "System.Read System.View", on: "vCenter", source: "the inventory's root: it need not reach further down" },
  { privileges: "System.Read System.View", on: "datacenter", source: "FindByInventoryPath: internal/helper" },
];

/** By type of resource; every type that the component registers. What each call needs is what vSphere's own API reference says of it. */
export const NEEDS: Readonly<Record<string, readonly Needs[]>> = {
  "vsphere:index/folder:Folder": [
    {
      privileges: `Folder.Create Folder.Delete Folder.Move Folder.Rename ${TAGGED}`,
      on: "folder",
      source: "CreateFolder, Destroy: resource_vsphere_folder.go",
    },
  ],
  "vsphere:index/resourcePool:ResourcePool": [
    {
      privileges: `Resource.CreatePool Resource.DeletePool Resource.EditPool Resource.MovePool Resource.RenamePool ${TAGGED}`,
      on: "cluster",
      source: "CreateResourcePool, UpdateConfig, Destroy: resource_vsphere_resource_pool.go",
    },
  ],
  "vsphere:index/tagCategory:TagCategory": [
    {
      privileges: "InventoryService.Tagging.CreateCategory InventoryService.Tagging.EditCategory InventoryService.Tagging.DeleteCategory",
      on: "vCenter",
      source: "resource_vsphere_tag_category.go",
    },
  ],
  "vsphere:index/tag:Tag": [
    {
      privileges:
        "InventoryService.Tagging.CreateTag InventoryService.Tagging.EditTag InventoryService.Tagging.DeleteTag InventoryService.Tagging.AttachTag",
      on: "vCenter",
      source: "resource_vsphere_tag.go, tags_helper.go",
    },
  ],
  "vsphere:index/virtualDisk:VirtualDisk": [
    {
      privileges: "Datastore.AllocateSpace Datastore.Browse Datastore.FileManagement",
      on: "datastore",
      source: "CreateVirtualDisk, ExtendVirtualDisk, DeleteVirtualDisk, MakeDirectory, SearchDatastore: resource_vsphere_virtual_disk.go",
    },
  ],
  "vsphere:index/virtualMachine:VirtualMachine": [
    {
      privileges: "VirtualMachine.Provisioning.Clone VirtualMachine.Provisioning.DeployTemplate",
      on: "template",
      source: "CloneVM: resource_vsphere_virtual_machine.go",
    },
    {
      privileges:
        "VirtualMachine.Inventory.CreateFromExisting VirtualMachine.Inventory.Delete VirtualMachine.Inventory.Move VirtualMachine.Config.AddExistingDisk VirtualMachine.Config.AddNewDisk VirtualMachine.Config.AddRemoveDevice VirtualMachine.Config.AdvancedConfig VirtualMachine.Config.Annotation VirtualMachine.Config.CPUCount VirtualMachine.Config.DiskExtend VirtualMachine.Config.EditDevice VirtualMachine.Config.Memory VirtualMachine.Config.RemoveDisk VirtualMachine.Config.Rename VirtualMachine.Config.Resource VirtualMachine.Config.Settings VirtualMachine.Interact.PowerOff VirtualMachine.Interact.PowerOn VirtualMachine.Interact.Reset InventoryService.Tagging.ObjectAttachable",
      on: "folder",
      source: "CloneVM, ReconfigVM, PowerOnVM, PowerOffVM, ShutdownGuest, Destroy: resource_vsphere_virtual_machine.go",
    },
    { privileges: "Resource.AssignVMToPool", on: "pool", source: "CloneVM: resource_vsphere_virtual_machine.go" },
    { privileges: "Datastore.AllocateSpace", on: "datastore", source: "CloneVM: resource_vsphere_virtual_machine.go" },
    { privileges: "Network.Assign", on: "network", source: "ReconfigVM: resource_vsphere_virtual_machine.go" },
    { privileges: "StorageProfile.View", on: "vCenter", source: "internal/helper/spbm: the policies of disks are read" },
  ],
  "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule": [
    {
      privileges: "Host.Inventory.EditCluster",
      on: "cluster",
      source: "ReconfigureComputeResource: resource_vsphere_compute_cluster_vm_anti_affinity_rule.go",
    },
  ],
};

/** The types that an infrastructure for this plan registers. */
export function resourceTypes(plan: EnvironmentPlan): string[] {
  const pools = [...placesOf(plan).values()].some(({ resourcePool }) => resourcePool === undefined);
  const volumes = plan.machines.some((machine) => machine.volumes.length > 0);
  const unused = [
    ...(pools ? [] : ["vsphere:index/resourcePool:ResourcePool"]),
    ...(apartOf(plan).length > 0 ? [] : ["vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule"]),
    ...(volumes ? [] : ["vsphere:index/virtualDisk:VirtualDisk"]),
  ];
  return Object.keys(NEEDS).filter((type) => !unused.includes(type));
}

/** The privileges that a plan's credentials need, by what they are needed on: a role for each, to be given there. */
export function permissions(plan: EnvironmentPlan): Readonly<Record<string, readonly string[]>> {
  const on = new Map<string, Set<string>>();
  for (const { privileges, on: where } of [...LOOKED_AT, ...resourceTypes(plan).flatMap((type) => NEEDS[type] ?? [])])
    on.set(where, new Set([...(on.get(where) ?? []), ...privileges.split(" ")]));
  return Object.fromEntries([...on].sort(([a], [b]) => (a < b ? -1 : 1)).map(([where, names]) => [where, [...names].sort()]));
}
