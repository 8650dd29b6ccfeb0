import type { networking } from "@pulumi/kubernetes/types/input";
import type { Resource } from "@pulumi/pulumi";
import type { Labels } from "../../../model/plan/infrastructure-types";
import type { TenantPlan } from "../../../model/plan/types";

/** Arguments of {@link Tenant}. */
export interface TenantArgs {
  /** The tenant as planned. Changing its name makes a new namespace, and deletes the one there was with everything in it. */
  readonly plan: TenantPlan;
  /** Labels of the environment, put on every object. */
  readonly labels?: Labels;
  /** The cluster the objects live in, and go with. The namespace is deleted before it, since volumes and balancers were made in it. */
  readonly cluster?: Resource;
  /** Whether the namespace is protected against deletion. @default false */
  readonly protectData?: boolean;
  /** Whether everything of it is left as it is when it leaves the program. Then nothing is protected. @default false */
  readonly retain?: boolean;
  /** Whoever measures the proxies of its pods, where it is in the mesh. @default nobody */
  readonly scrapedFrom?: networking.v1.NetworkPolicyPeer;
  /** What must be ready before. @default nothing */
  readonly after?: readonly Resource[];
}
