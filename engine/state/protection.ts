import type { Stack } from "@pulumi/pulumi/automation";
import { z } from "zod";
import { parseApplied } from "../../model/guard/applied";
import { refusals } from "../../model/guard/approvals";
import type { Danger } from "../../model/guard/danger";
import { findDangers } from "../../model/guard/dangers";
import type { EnvironmentPlan } from "../../model/plan/types";

/** The part of a stack's exported state that tells of protected resources. */
const exportedSchema = z.object({
  resources: z
    .array(
      z.object({
        urn: z.string(),
        type: z.string(),
        protect: z.boolean().optional(),
        inputs: z.looseObject({ metadata: z.looseObject({}).optional() }).optional(),
      }),
    )
    .optional(),
});

type Exported = NonNullable<z.infer<typeof exportedSchema>["resources"]>[number];

/**
 * The protected resources that an approved change deletes. The engine refuses to delete what is protected, wanted or not, and only the
 * program could lift that, which no longer registers them. Empty where nothing is approved or something else still stands against the plan.
 */
export async function approvedDeletions(
  stack: Pick<Stack, "exportStack">,
  outputs: () => Promise<Readonly<Record<string, unknown>>>,
  plan: EnvironmentPlan,
  approvals: readonly string[],
): Promise<string[]> {
  if (approvals.length === 0) return [];
  const dangers = findDangers(parseApplied((await outputs()).applied), plan);
  if (dangers.length === 0 || refusals(plan, dangers, approvals).length > 0) return [];
  const { deployment } = await stack.exportStack();
  return deletedBy(dangers, plan, exportedSchema.parse(deployment).resources ?? []);
}

/** URNs of the protected resources among `resources` that go with the dangerous changes. */
export function deletedBy(dangers: readonly Danger[], plan: EnvironmentPlan, resources: readonly Exported[]): string[] {
  const wanted = new Set(plan.machines.flatMap(({ key, volumes }) => volumes.map((volume) => `${key} ${volume.name}`)));
  const keys = new Set(dangers.filter(({ action }) => action === "remove" || action === "discard-volume").map(({ key }) => key));
  const databases = dangers.some(({ action }) => action === "drop-database");
  return resources
    .filter(({ protect }) => protect)
    .filter(({ type, inputs, urn }) => {
      if (type === "kubernetes:core/v1:PersistentVolumeClaim") return databases && urn.includes("kpaas:platform:MariaDb$");
      const { "kpaas-key": key, "kpaas-volume": volume } = inputs?.metadata ?? {};
      return typeof key === "string" && keys.has(key) && !wanted.has(`${key} ${String(volume)}`);
    })
    .map(({ urn }) => urn);
}
