import type { Bill } from "../../model/cost/bill";

/** Hosts that were there cost what they cost without us; a list can have a price for them all the same, under the size `host`. */
export const bill: Bill = {
  names: {},
  of: ({ machines }) => machines.map(({ name, group }) => ({ kind: "machine", name: "host", group, resource: `machine-${name}` })),
};
