import type { AddressRange } from "../../../model/plan/infrastructure-types";
import type { ServiceArgs } from "../args";

/** Arguments of {@link MetalLb}. */
export interface MetalLbArgs extends ServiceArgs {
  /** Addresses for Services of type LoadBalancer. Changing it moves Services whose address is outside the new range. */
  readonly range: AddressRange;
  /** The ingress controller's address: kept in a pool of its own, so that no other Service is ever given it. */
  readonly ingressAddress: string;
  /**
   * Addresses of the range that no Service is given. What the ingress had before belongs here, or its move is refused: MetalLB never
   * takes two pools that overlap, not even while one change follows the other. Default: none.
   */
  readonly reserved?: readonly string[];
  /**
   * Taints that Services' pods bear, `key=value:Effect`: an address whose Service keeps to the nodes of its pods is announced by those. Default: none.
   */
  readonly taints?: readonly string[];
}
