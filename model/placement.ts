import type { Labels } from "./plan/infrastructure-types";
import type { PlacementPlan } from "./plan/types";

/** What a pod says of a taint that keeps it from no node. */
export interface Toleration {
  readonly key: string;
  readonly operator: "Equal" | "Exists";
  readonly value?: string;
  readonly effect: string;
}

/** Where pods may run, as Kubernetes and charts take it: both fields, or nothing. */
export interface PodPlacement {
  readonly nodeSelector?: Labels;
  readonly tolerations?: readonly Toleration[];
}

/** A taint `KEY=VALUE:EFFECT` in its parts. */
export function taintParts(taint: string): { readonly key: string; readonly value?: string; readonly effect: string } {
  const [rest = "", effect = ""] = taint.split(":");
  const [key = "", value] = rest.split("=");
  return { key, ...(value === undefined ? {} : { value }), effect };
}

/** Where pods may run, in the words of Kubernetes. */
export function podPlacement({ nodeSelector, tolerations }: PlacementPlan): PodPlacement {
  return {
    ...(nodeSelector ? { nodeSelector: { ...nodeSelector } } : {}),
    ...(tolerations ? { tolerations: tolerations.map(toleration) } : {}),
  };
}

function toleration(taint: string): Toleration {
  const { key, value, effect } = taintParts(taint);
  return value === undefined ? { key, operator: "Exists", effect } : { key, operator: "Equal", value, effect };
}

/** Whether pods that bear these taints may run where that one is. */
export function tolerates(tolerations: readonly string[], taint: string): boolean {
  const { key, value = "", effect } = taintParts(taint);
  return tolerations.map(taintParts).some((one) => one.key === key && one.effect === effect && (one.value ?? value) === value);
}
