import type { ServiceArgs } from "../args";
import type { DatabaseAccess, IngressRoute, RealmAccess, TrustAccess } from "../grants";

/** Arguments of {@link Kubeflow}. */
export interface KubeflowArgs extends ServiceArgs {
  readonly ingress: IngressRoute;
  /** Where pipelines, runs and what is known of their artifacts are kept: one schema, whose tables its programs make. */
  readonly database: DatabaseAccess;
  /** The realm that logs its users in, by a client of its own. */
  readonly realm: RealmAccess;
  /** Whom its log-in trusts at the realm's host. @default public authorities */
  readonly trust?: TrustAccess["certificates"];
  /** Storage class of the volume that artifacts are on. */
  readonly storageClass: string;
  /** True: the volume is protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves the volume, the namespace it is in, and the definitions of what else is there. */
  readonly retainData: boolean;
}
