import type { Input } from "@pulumi/pulumi";
import type { ServiceArgs } from "../args";
import type { DatabaseAccess, IngressRoute, RealmAccess } from "../grants";

/** Arguments of {@link SourceControl}. */
export interface SourceControlArgs extends ServiceArgs {
  readonly ingress: IngressRoute;
  /** Its schema, `cp_scm`, whose tables are there. */
  readonly database: DatabaseAccess;
  readonly realm: RealmAccess;
  /** What clients in the cluster must trust besides the public authorities. PEM; undefined where those suffice. */
  readonly trust?: Input<string>;
  readonly storageClass: string;
  /** True: the volume of repositories is protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves the volume of repositories, and the namespace it is claimed in. */
  readonly retainData: boolean;
  /** Whether its broker for Cloud Foundry runs; the plan must have an image of that. @default false */
  readonly broker?: boolean;
}
