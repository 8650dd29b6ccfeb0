import { z } from "zod";
import { parseRecordedCluster } from "../../model/cluster/recorded";
import { objectId } from "../../model/extra";
import { parseApplied } from "../../model/guard/applied";
import type { Danger } from "../../model/guard/danger";
import { findDangers } from "../../model/guard/dangers";
import { judge } from "../../model/guard/verdict";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Problem } from "../../model/problems";
import { kebab } from "../../model/service";
import { KUBESPRAY_CLUSTER } from "../../model/type-tokens";
import { marksOf } from "./clouds";
import { STACK, type State, type StateResource } from "./state";

/** The part of a stack's exported state that tells of protected resources. */
const exportedSchema = z.object({
  resources: z
    .array(
      z.object({
        urn: z.string(),
        type: z.string(),
        parent: z.string().optional(),
        protect: z.boolean().optional(),
        inputs: z.looseObject({}).optional(),
      }),
    )
    .optional(),
});

type Exported = NonNullable<z.infer<typeof exportedSchema>["resources"]>[number];

/** What an operation may do to protected resources. */
export interface Protection {
  /** Those that an approved change deletes. */
  readonly given: readonly string[];
  /** All others. */
  readonly kept: readonly string[];
}

/**
 * Which protected resources an approved change deletes. The engine refuses to delete what is protected, wanted or not, and only the program
 * could lift that, which no longer registers them. Undefined where nothing is approved or something else still stands against the plan.
 * @param before the stack as it was before anything was run: a run that fails on a protected resource records the plan all the same
 * @param clusterState the state of the stack that holds the cluster, which may be this one: what the cluster refuses stands against it too
 */
export async function approvedDeletions(
  before: State,
  clusterState: () => Promise<State | undefined>,
  plan: EnvironmentPlan,
  approvals: readonly string[],
): Promise<Protection | undefined> {
  if (approvals.length === 0) return undefined;
  const resources = exportedSchema.parse(before.deployment).resources ?? [];
  const applied = parseApplied(resourceOf(before, STACK)?.outputs?.applied, plan.environment);
  const held = await clusterState();
  const cluster = held && parseRecordedCluster(resourceOf(held, KUBESPRAY_CLUSTER)?.outputs);
  const dangers = findDangers(applied, plan, cluster);
  if (dangers.length === 0 || judge(plan, { applied, cluster }, dangers, approvals, "command").refused.length > 0) return undefined;
  const given = deletedBy(dangers, plan, resources);
  const kept = resources.filter(({ urn, protect }) => protect && !given.includes(urn)).map(({ urn }) => urn);
  return given.length === 0 ? undefined : { given, kept };
}

function resourceOf({ deployment }: State, type: string): StateResource | undefined {
  return deployment.resources?.find((each) => each.type === type);
}

/** That the plan lets a protected resource go, and no approval does. */
export function keptByProtection(environment: string, urn: string): Problem {
  const [qualified = "", name] = urn.split("::").slice(2);
  return {
    environment,
    path: "protect",
    reason: `${qualified.split("$").at(-1)} ${name} would be deleted: it is protected, and no approval says that it may go`,
    remedy: "put back into the file what it belongs to",
    severity: "error",
  };
}

/** Whether it is protection that the engine names, which it comes to on its way only. */
export function saysProtected(text: string): boolean {
  return /\bbecause\s+it\s+is\s+protected\b/.test(text);
}

/** What the type of every component of the platform begins with. */
const SERVICE = "kpaas:platform:";

/** URNs of the protected resources among `resources` that go with the dangerous changes. */
export function deletedBy(dangers: readonly Danger[], plan: EnvironmentPlan, resources: readonly Exported[]): string[] {
  const wanted = new Set(plan.machines.flatMap(({ key, volumes }) => volumes.map((volume) => `${key} ${volume.name}`)));
  const keys = new Set(dangers.filter(({ action }) => action === "remove" || action === "discard-volume").map(({ key }) => key));
  const dropped = dangers.filter(({ action }) => action === "drop-database").map(({ path }) => path);
  const parts = dangers.filter(({ action }) => action === "drop-data");
  const claims = dangers.filter(({ action }) => action === "drop-extra").map(({ value }) => value);
  const tenants = dangers
    .filter(({ action }) => action === "drop-tenant")
    .map(({ path }) => `${plan.environment}-platform-tenant-${lastOf(path)}`);
  return resources
    .filter(({ protect }) => protect)
    .filter(({ type, urn, inputs, parent = "" }) => {
      if (type === "kubernetes:core/v1:Namespace") return tenants.includes(nameOf(parent));
      if (nameOf(parent) === `${plan.environment}-platform-extra`) return claims.includes(objectId(inputs ?? {}));
      // Whatever a service has that is protected holds its data, or a part of them by its name.
      if (parent.includes(SERVICE))
        return (
          dropped.some((path) => isOf(path, parent, plan)) ||
          parts.some(({ path, value }) => inputs?.name === value && isOf(path.replace(/\.[^.]+$/, ""), parent, plan))
        );
      const { key, volume } = marksOf({ type, urn, inputs });
      return key !== undefined && keys.has(key) && !wanted.has(`${key} ${String(volume)}`);
    })
    .map(({ urn }) => urn);
}

/** Whether a resource belongs to the service that a field speaks of; to any that the plan has no more, where it speaks of all. */
function isOf(path: string, parent: string, { environment, services }: EnvironmentPlan): boolean {
  const component = nameOf(parent);
  const named = (name: string): boolean => component === `${environment}-platform-${kebab(name)}`;
  const name = lastOf(path);
  return name === "services" ? !services.some((each) => named(each.name)) : named(name);
}

const nameOf = (urn = ""): string => urn.split("::").at(-1) ?? "";
const lastOf = (path: string): string => path.split(".").at(-1) ?? "";
