import type { ServiceArgs } from "../args";
import type { DatabaseAccess, IngressRoute, MeshAccess, MeshHostAccess, RealmAccess, TrustAccess } from "../grants";
import type { PartName } from "./parts/names";

/** Whose a profile is: users of the realm, by their names there. */
export interface Profile {
  /** Whoever may all in it. */
  readonly owner: string;
  /** Whoever may work in it. @default nobody */
  readonly editors?: readonly string[] | undefined;
  /** Whoever may see what is in it, and use none of it. @default nobody */
  readonly viewers?: readonly string[] | undefined;
}

/** Kubeflow for several: the dashboard, and profiles, which are tenants' namespaces, behind one gate in the mesh. */
export interface Shared {
  /** By the tenant. */
  readonly profiles: Readonly<Record<string, Profile>>;
  /** Its parts that are there beside pipelines. */
  readonly parts: readonly PartName[];
  readonly mesh: MeshAccess;
  /** How its host is reached. */
  readonly gateway: MeshHostAccess;
}

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
  /** Set where it knows users and has profiles. @default whoever is in may do everything in it */
  readonly shared?: Shared;
}
