import type { Bill } from "../../model/cost/bill";
import { bill as openstack } from "../openstack/bill";

/** What NHN Cloud puts on its bill: the network is there before, and no balancer is made. */
export const bill: Bill = {
  names: { address: openstack.names.address },
  of: openstack.of,
};
