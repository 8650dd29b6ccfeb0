import type { EnvironmentPlan } from "../../model/plan/types";
import { apartOf, placesOf, vsphereOf } from "./plan";

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

/** What vSphere's storage driver does, by its own user. A datastore on which it may do nothing is none to it. */
export const DRIVER_NEEDS: readonly Needs[] = [
  { privileges: "Cns.Searchable StorageProfile.View", on: "vCenter", source: "role CNS-SEARCH-AND-SPBM of the driver's documentation" },
  { privileges: "System.Read System.View", on: "datacenter", source: "role Read-only: it looks for machines and datastores there" },
  { privileges: "System.Read System.View", on: "cluster", source: "role Read-only, with the hosts below: what they reach, and their tags" },
  {
    privileges: "VirtualMachine.Config.AddExistingDisk VirtualMachine.Config.AddRemoveDevice",
    on: "folder",
    source: "role CNS-VM, with the machines below",
  },
  { privileges: "Datastore.FileManagement", on: "datastore", source: "role CNS-DATASTORE; pkg/csi/service/common/authmanager.go" },
];

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

/** Privileges by what they are needed on: a role for each, to be given there. */
export type Privileges = Readonly<Record<string, readonly string[]>>;

/** The privileges that a plan's credentials need; and beside them, where there is a storage driver, those of its user, by the user's name. */
export function permissions(plan: EnvironmentPlan): Readonly<Record<string, readonly string[] | Privileges>> {
  const { storageDriver } = vsphereOf(plan);
  const own = privilegesOf([...LOOKED_AT, ...resourceTypes(plan).flatMap((type) => NEEDS[type] ?? [])]);
  if (plan.platform.storage.kind !== "cloud") return own;
  return { ...own, [storageDriver?.user ?? "the storage driver's user"]: privilegesOf(DRIVER_NEEDS) };
}

function privilegesOf(needs: readonly Needs[]): Privileges {
  const on = new Map<string, Set<string>>();
  for (const { privileges, on: where } of needs) on.set(where, new Set([...(on.get(where) ?? []), ...privileges.split(" ")]));
  return Object.fromEntries([...on].sort(([a], [b]) => (a < b ? -1 : 1)).map(([where, names]) => [where, [...names].sort()]));
}
