import { fields, list, text } from "../../model/data";
import type { Computed } from "../define-cloud";

/** What vSphere computes of the resources of our component, for tests that have no provider. */
export const mocks: Computed = {
  "vsphere:index/virtualMachine:VirtualMachine": (name, { disks }) => ({
    moid: "vm-1",
    uuid: `${name}-id`,
    powerState: "on",
    disks: list(disks).map((disk) => ({ ...fields(disk), uuid: `6000C29-${name}-${text(fields(disk).label) ?? ""}` })),
  }),
};
