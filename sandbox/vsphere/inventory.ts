import type { Properties } from "../../plugin/rpc/provider";
import { vsphereLimits } from "../../providers/vsphere/names";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import type { Stored } from "../store";
import { maps, number, text, texts } from "../values";
import type { Types, VSphere } from "./names";
import { inUse, nameInUse } from "./words";

/** Folders, resource pools, disks and rules. */
export const INVENTORY: Types = {
  "vsphere:index/folder:Folder": {
    kind: "folder",
    fields: fieldsOf("path! type!* datacenterId* tags:l customAttributes:m"),
    oneOf: { type: ["vm", "network", "host", "datastore", "datacenter"] },
    sets: ["tags"],
    outputs: [],
    references: { tags: "tag" },
    create(cloud, inputs) {
      const path = text(inputs, "path");
      refuseFolder(cloud, path);
      return { ...inputs, id: `group-v${newId()}` };
    },
    update(cloud, object, inputs) {
      const path = text(inputs, "path");
      if (path !== object.path) refuseFolder(cloud, path);
      return { ...object, ...inputs, id: object.id };
    },
    remove(cloud, { path, id }) {
      const inside = (other: Stored): boolean => other.id !== id && text(other, "path").startsWith(`${String(path)}/`);
      if (cloud.store.list("instance").some((machine) => machine.folder === path) || cloud.store.list("folder").some(inside))
        throw inUse("folder is not empty, please remove all items before deleting");
    },
  },

  "vsphere:index/resourcePool:ResourcePool": {
    kind: "resourcePool",
    fields: fieldsOf(
      "name~ parentResourcePoolId! cpuExpandable~:b cpuLimit~:n cpuReservation~:n cpuShareLevel~ cpuShares~:n memoryExpandable~:b memoryLimit~:n memoryReservation~:n memoryShareLevel~ memoryShares~:n scaleDescendantsShares tags:l customAttributes:m",
    ),
    defaults: {
      cpuExpandable: true,
      cpuLimit: -1,
      cpuShareLevel: "normal",
      memoryExpandable: true,
      memoryLimit: -1,
      memoryShareLevel: "normal",
    },
    sets: ["tags"],
    outputs: [],
    references: { parentResourcePoolId: "resourcePool", tags: "tag" },
    create(cloud, inputs) {
      refuseLong(text(inputs, "name"));
      const parent = cloud.find("resourcePool", text(inputs, "parentResourcePoolId"));
      const name = text(inputs, "name");
      if (cloud.existing("withoutDrs").includes(text(parent, "cluster")))
        throw new ApiError("ServerFaultCode", "The operation is not supported on the object. DRS is not enabled on the cluster.");
      if (cloud.store.list("resourcePool").some((pool) => pool.name === name && pool.parentResourcePoolId === parent.id))
        throw nameInUse(name);
      return { cpuShares: 4000, memoryShares: 163840, ...inputs, cluster: parent.cluster, id: `resgroup-${newId()}` };
    },
    remove(cloud, { id, name }) {
      const within = cloud.store.list("instance").some((each) => each.resourcePoolId === id);
      if (within || cloud.store.list("resourcePool").some((pool) => pool.parentResourcePoolId === id))
        throw inUse(`resource pool "${String(name)}" still has children resources. Please move or remove all items before deleting`);
    },
  },

  "vsphere:index/virtualDisk:VirtualDisk": {
    kind: "virtualDisk",
    fields: fieldsOf("vmdkPath!* datastore!* size!:n type~* datacenter* createDirectories*:b adapterType~*"),
    defaults: { type: "eagerZeroedThick", adapterType: "lsiLogic" },
    oneOf: { type: ["eagerZeroedThick", "lazy", "thin"] },
    outputs: [],
    references: {},
    check: ({ vmdkPath }) =>
      typeof vmdkPath === "string" && !vmdkPath.endsWith(".vmdk") && !vmdkPath.includes("-")
        ? [{ property: "vmdkPath", reason: "vmdk_path must end with '.vmdk'" }]
        : [],
    create(cloud, inputs) {
      const [datastore, path] = [text(inputs, "datastore"), text(inputs, "vmdkPath")];
      if (cloud.byName("datastores", datastore) === undefined)
        throw new ApiError("error finding datastore", `${datastore}: datastore '${datastore}' not found`);
      refuseFull(cloud, datastore);
      if (diskAt(cloud, datastore, path) !== undefined)
        throw new ApiError(
          "ServerFaultCode",
          `Cannot complete the operation because the file or folder [${datastore}] ${path} already exists`,
        );
      if (path.includes("/") && inputs.createDirectories !== true)
        throw new ApiError("ServerFaultCode", `File [${datastore}] ${path.slice(0, path.lastIndexOf("/"))} was not found`);
      return { ...inputs, id: path };
    },
    update(cloud, object, inputs) {
      const [before, after] = [number(object, "size") ?? 0, number(inputs, "size") ?? 0];
      if (after < before) throw new ApiError("ServerFaultCode", "shrinking a virtual disk is not supported");
      if (after > before) {
        refuseAttached(cloud, object);
        refuseFull(cloud, text(object, "datastore"));
      }
      return { ...object, ...inputs, id: object.id };
    },
    remove: refuseAttached,
  },

  "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule": {
    kind: "rule",
    fields: fieldsOf("name~ computeClusterId!* virtualMachineIds!:l enabled~:b mandatory:b"),
    defaults: { enabled: true },
    sets: ["virtualMachineIds"],
    outputs: [],
    references: { computeClusterId: "cluster", virtualMachineIds: "instance" },
    create(cloud, inputs) {
      const [name, cluster] = [text(inputs, "name"), text(inputs, "computeClusterId")];
      refuseRule(inputs);
      if (cloud.store.list("rule").some((rule) => rule.computeClusterId === cluster && rule.name === name)) throw nameInUse(name);
      return { ...inputs, id: `${cluster}:${1 + cloud.store.list("rule").length}-${newId().slice(0, 8)}` };
    },
    update(_cloud, object, inputs) {
      refuseRule(inputs);
      return { ...object, ...inputs, id: object.id };
    },
  },
};

/** A file of a disk that is no machine's own. */
export function diskAt(cloud: VSphere, datastore: string, path: string): Stored | undefined {
  const found = cloud.store.get("virtualDisk", path);
  return found?.datastore === datastore ? found : undefined;
}

/** A datastore without room takes no more. */
export function refuseFull(cloud: VSphere, datastore: string): void {
  if (cloud.existing("full").includes(datastore))
    throw new ApiError("ServerFaultCode", `Insufficient disk space on datastore '${datastore}'.`);
}

export function refuseLong(name: string): void {
  if (name.length > vsphereLimits.name)
    throw new ApiError("ServerFaultCode", `The name '${name}' is invalid: it has more than ${vsphereLimits.name} characters.`);
}

/** The machine that a disk is attached to locks its file. */
function refuseAttached(cloud: VSphere, disk: Stored): void {
  const holder = cloud.store
    .list("instance")
    .find((machine) => maps(machine, "disks").some(({ path, attach }) => attach && path === disk.id));
  if (holder !== undefined)
    throw new ApiError(
      "Locked",
      `Failed to lock the file [${text(disk, "datastore")}] ${disk.id}: virtual machine ${text(holder, "name")} has it`,
    );
}

function refuseFolder(cloud: VSphere, path: string): void {
  const [name = "", ...above] = path.split("/").reverse();
  const parent = above.reverse().join("/");
  refuseLong(name);
  const paths = [...cloud.existing("folders"), ...cloud.store.list("folder").map((folder) => text(folder, "path"))];
  if (parent !== "" && !paths.includes(parent))
    throw new ApiError(
      "error trying to determine parent targetFolder",
      `folder '/${cloud.existing("datacenters")[0]}/vm/${parent}' not found`,
    );
  if (paths.includes(path)) throw new ApiError("error creating targetFolder", `ServerFaultCode: The name '${name}' already exists.`);
}

function refuseRule(inputs: Properties): void {
  refuseLong(text(inputs, "name"));
  if (texts(inputs, "virtualMachineIds").length < 2)
    throw new ApiError("ServerFaultCode", "A specified parameter was not correct: spec.rulesSpec.info.vm");
}
