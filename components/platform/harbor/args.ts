import type { Input } from "@pulumi/pulumi";
import type { ServiceArgs } from "../args";
import type { IngressRoute, StorageAccess } from "../grants";

/** Arguments of {@link Harbor}. */
export interface HarborArgs extends ServiceArgs {
  readonly ingress: IngressRoute;
  /** Where its volumes come from. The registry has several replicas where they are shared. Changing it replaces the volumes. */
  readonly storage: StorageAccess;
  /** True: the volumes of images and database are protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves these volumes, and the namespace they are claimed in. */
  readonly retainData: boolean;
  /**
   * What signs the platform's certificate, where no public authority does. PEM. Harbor offers it for download, and trusts it, as the log-in
   * by the platform's own Keycloak demands.
   * @default the public authorities suffice
   */
  readonly trust?: Input<string>;
}
