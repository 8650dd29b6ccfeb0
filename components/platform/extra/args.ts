import type { Resource } from "@pulumi/pulumi";
import type { ExtraPlan } from "../../../model/plan/types";

/** Arguments of {@link Extra}. */
export interface ExtraArgs {
  /** What there is, as planned. */
  readonly plan: ExtraPlan;
  /** The tenants' namespaces that it is in, by name: what is in one goes with it. */
  readonly namespaces: Readonly<Record<string, Resource>>;
  /** The cluster that the other objects go with. */
  readonly cluster?: Resource;
  /** Whether claims are protected against deletion. @default false */
  readonly protectData?: boolean;
  /** What must be ready before. @default nothing */
  readonly after?: readonly Resource[];
}
