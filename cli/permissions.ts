import type { EnvironmentPlan } from "../model/plan/types";
import { cloudOf } from "../model/registry";

/** Documents of a cloud's own. */
export interface Permissions {
  /** The cloud's name. */
  readonly cloud: string;
  /** What the credentials must be allowed to do; undefined where the cloud has no such document. */
  readonly document: object | undefined;
  /** What control planes are allowed to do by themselves, where they are. */
  readonly controlPlanes: object | undefined;
}

/** Who must be allowed what for a plan. */
export async function permissionsOf(plan: EnvironmentPlan): Promise<Permissions> {
  // Loaded where it is asked for: what is shown else needs no registry.
  const { registry } = await import("../files/registry.js");
  const cloud = cloudOf(plan.provider, registry);
  return { cloud: cloud.title, document: cloud.permissions?.(plan), controlPlanes: cloud.controlPlanePermissions?.(plan) };
}
