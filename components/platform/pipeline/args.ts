import type { Input } from "@pulumi/pulumi";
import type { ServiceArgs } from "../args";
import type { DatabaseAccess, IngressRoute, PostgresAccess, RealmAccess, RegistryAccess } from "../grants";

/** Arguments of {@link Pipeline}. */
export interface PipelineArgs extends ServiceArgs {
  readonly ingress: IngressRoute;
  /** The pipeline's schema, `delivery_pipeline`, whose tables are there. */
  readonly database: DatabaseAccess;
  /** SonarQube's database. */
  readonly inspectionDatabase: PostgresAccess;
  readonly realm: RealmAccess;
  /** The project that its images go to. */
  readonly registry: RegistryAccess;
  /** What clients in the cluster must trust besides the public authorities. PEM; undefined where those suffice. */
  readonly trust?: Input<string>;
  /** The cluster's own networks, of pods and of services: Jenkins, which calls outside, gets no way to them by that. @default it gets one */
  readonly networks?: readonly string[];
  readonly storageClass: string;
  /** True: the volume of Jenkins is protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves the volume of Jenkins, and the namespace it is claimed in. */
  readonly retainData: boolean;
  /**
   * Whether Jenkins has all rights on its node, as K-PaaS's own manifests give it: it builds images by a container engine of its own. Its namespace
   * admits privileged pods then.
   * @default false
   */
  readonly privileged?: boolean;
  /** URL of the Cloud Foundry that its broker is for; the plan must have an image of that. @default there is no broker */
  readonly cloudFoundryUrl?: string;
}
