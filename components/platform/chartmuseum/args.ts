import type { ServiceArgs } from "../args";
import type { IngressRoute } from "../grants";

/** Arguments of {@link ChartMuseum}. */
export interface ChartMuseumArgs extends ServiceArgs {
  readonly ingress: IngressRoute;
  /** Storage class of the charts' volume. Changing it replaces the volume. */
  readonly storageClass: string;
  /** True: the charts' volume is protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves the charts' volume, and the namespace it is claimed in. */
  readonly retainData: boolean;
}
