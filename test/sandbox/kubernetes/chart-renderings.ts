import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Fields } from "../../../model/data";
import { environmentPlan, ofKind, platformGraph, replicated } from "../../components/platform/fixtures";

/** What Helm made of our own values: names and digests, written by dev/chart-facts.ts. */
export const RENDERINGS = join(__dirname, "..", "..", "..", "..", "test", "golden", "chart-objects.json");

/** The values of our releases by chart, as environments of one replica and of three have them. */
export async function ourValues(): Promise<Map<string, Readonly<Record<"single" | "replicated", Fields>>>> {
  const [single, many] = [await platformGraph(environmentPlan()), await platformGraph(replicated(environmentPlan()))];
  const releases = (graph: typeof single) =>
    ofKind(graph, "helm.sh/v3:Release").map(({ inputs }) => [String(inputs.name), inputs.values as Fields] as const);
  const ofMany = new Map(releases(many));
  return new Map(releases(single).map(([chart, values]) => [chart, { single: values, replicated: ofMany.get(chart) ?? {} }]));
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
