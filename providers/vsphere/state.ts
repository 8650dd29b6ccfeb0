import type { CloudState } from "../../model/cloud";
import { findable } from "./findable";
import { marks } from "./marks";

/** What has to be known of vSphere's resources where something broke, was lost or goes for good. */
export const state: CloudState = {
  findable,
  kinds: { machine: "vsphere:index/virtualMachine:VirtualMachine", volume: "vsphere:index/virtualDisk:VirtualDisk" },
  marks,
  // What a machine was cloned from cannot be read.
  readsBack: false,
  unmade: /timeout waiting for an available IP address/,
  commands: { show: (id) => `govc vm.info -vm.uuid ${id}`, remove: (id) => `govc vm.destroy -vm.uuid ${id}` },
  remedies: [
    [
      /timeout waiting for an available IP address/i,
      "A machine started, and its guest told no address: the template needs open-vm-tools and cloud-init 21.3 or later with its data source for VMware, and must not have been started by cloud-init before (`cloud-init clean`). Look at its console (`govc vm.console -h5`), mend the template, and run the same command again: a machine that never was one is deleted and made again.",
    ],
    [
      /The name '[^']*' already exists/,
      "It is there and not in the state, as when the answer to its creation was lost, or somebody else has made it: delete or rename it (`govc find`), then run the same command again.",
    ],
    [
      /cannot locate virtual machine with UUID/i,
      "A machine is gone that the state still has: `kpaas refresh` takes note of it, then run the same command again.",
    ],
    [
      /cannot find disk device: virtual disk with UUID/i,
      "The storage driver has taken a volume off a machine since its state was last read: `kpaas refresh` takes note of it, then run the same command again.",
    ],
    [
      /Insufficient (disk )?space|no space left(?! on device)|insufficient resources/i,
      "The datastore or the cluster has no room for it: make some, or plan less, then run the same command again.",
    ],
    [
      /(vsphere_server|VSphere Server)[^\n]*(must be provided|required)|must be configured/i,
      "Nobody says where vCenter is: set VSPHERE_SERVER, or infrastructure.vsphere.server in the file.",
    ],
    [
      /DRS|dynamic resource scheduling/i,
      "A compute cluster without DRS has no resource pools beside its own: name that at infrastructure.vsphere.resourcePool (`Resources`).",
    ],
  ],
};
