import { type Bill, type Billed, billedMachines } from "../../model/cost/bill";
import { placeOf, vsphereOf } from "./plan";
import { parseSize } from "./sizes";

/**
 * What a private cloud of vSphere's charges for, where somebody does: what machines have, and room on datastores, by whose names it is priced,
 * however a disk is laid out there. It makes neither networks nor addresses.
 */
export const bill: Bill = {
  names: {},
  of: (plan) => {
    const options = vsphereOf(plan);
    return plan.machines.flatMap((machine) => {
      const { datastore } = placeOf(options, machine.zone);
      const boot = { type: datastore, sizeGiB: options.bootDiskGiB };
      return billedMachines({ machines: [machine] }, boot, datastore).map(
        (each): Billed => (each.kind === "machine" ? { ...each, ...capacityOf(each.name) } : { ...each, name: datastore }),
      );
    });
  },
};

/** What a size has, which its name says: `4x16`. */
function capacityOf(text: string): Pick<Billed, "capacity"> {
  const size = parseSize(text);
  return size === undefined ? {} : { capacity: { processors: size.cpus, memoryGiB: size.memoryGiB } };
}
