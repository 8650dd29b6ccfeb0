import type { EnvironmentPlan } from "../model/plan/types";
import { cloudOf } from "../model/registry";

/** What credentials must be allowed to do, as the cloud's own document; undefined where it has none, whose name is told then. */
export async function permissionsOf(plan: EnvironmentPlan): Promise<{ readonly cloud: string; readonly document: object | undefined }> {
  // Loaded where it is asked for: what is shown else needs no registry.
  const { registry } = await import("../files/registry.js");
  const cloud = cloudOf(plan.provider, registry);
  return { cloud: cloud.title, document: cloud.permissions?.(plan) };
}
