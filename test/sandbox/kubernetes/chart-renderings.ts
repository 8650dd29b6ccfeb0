import { createHash } from "node:crypto";
import { join } from "node:path";
import { knownReleases } from "../../../model/catalog";
import { chartKey } from "../../../model/charts/chart";
import type { Fields } from "../../../model/data";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { cephPlan, cloudPlans, ofKind, planOfRelease, platformGraph, replicated, traefikPlan } from "../../components/platform/fixtures";

/** What Helm made of our own values: names and digests, written by dev/chart-facts.ts. */
export const RENDERINGS = join(__dirname, "..", "..", "..", "..", "test", "golden", "chart-objects.json");

/** The values of our Helm releases by the chart's key in the catalogue, as environments of one replica and of three have them. */
export async function ourValues(): Promise<Map<string, Readonly<Record<"single" | "replicated", Fields>>>> {
  // A chart that environments on several clouds have is looked at as the first of them has it.
  const plans = knownReleases.flatMap((release) => [
    planOfRelease(release),
    traefikPlan(release),
    cephPlan(release),
    ...Object.values(cloudPlans(release)),
  ]);
  const found = new Map<string, Readonly<Record<"single" | "replicated", Fields>>>();
  for (const plan of plans) {
    // Values of a release that was looked at are not made again.
    const keys = plan.services.map(({ chart }) => chart && chartKey(chart.name, chart.version));
    if (keys.every((key) => key === undefined || found.has(key))) continue;
    const many = await releases(replicated(plan));
    for (const [key, values] of await releases(plan))
      if (!found.has(key)) found.set(key, { single: values, replicated: many.get(key) ?? {} });
  }
  return found;
}

async function releases(plan: EnvironmentPlan): Promise<Map<string, Fields>> {
  const graph = await platformGraph(plan);
  return new Map(
    ofKind(graph, "helm.sh/v3:Release").map(({ inputs }) => [
      chartKey(String(inputs.chart).split("/").at(-1) ?? "", String(inputs.version)) ?? String(inputs.name),
      inputs.values as Fields,
    ]),
  );
}

/** The objects by kind and name, sorted. */
export function namesOf(objects: readonly Fields[]): string[] {
  return objects.map(({ kind, metadata }) => `${String(kind)} ${String((metadata as Fields).name)}`).sort();
}

/** A digest of objects, whatever their order and that of their keys. The namespace of the release is no part of it. */
export function digestOf(objects: readonly Fields[], namespace: string): string {
  const lines = objects.map((object) => JSON.stringify(sorted(pruned(withoutNamespace(object, namespace))))).sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}

export function withoutNamespace(object: Fields, namespace: string): Fields {
  const { namespace: own, ...metadata } = object.metadata as Fields;
  return { ...object, metadata: { ...metadata, ...(own === undefined || own === namespace ? {} : { namespace: own }) } };
}

/** Without what is empty, which is nothing to Kubernetes; selectors of NetworkPolicies aside. */
export function pruned(object: Fields): Fields {
  if (object.kind === "NetworkPolicy") return object;
  const given = Object.entries(object).map(([key, value]) => [key, prunedValue(value)] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function prunedValue(value: unknown): unknown {
  if (value === null || (Array.isArray(value) && value.length === 0)) return undefined;
  if (Array.isArray(value)) return value.map((one) => prunedValue(one) ?? one);
  if (typeof value !== "object") return value;
  const inner = Object.entries(value).map(([key, one]) => [key, prunedValue(one)] as const);
  const kept = inner.filter(([, one]) => one !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
