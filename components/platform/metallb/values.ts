import { contains, formatAddress, formatRange, parseAddress } from "../../../model/ipv4";
import { podPlacement } from "../../../model/placement";
import type { AddressRange } from "../../../model/plan/infrastructure-types";
import type { ServicePlan } from "../../../model/plan/types";
import { imageOf, repositoryAndTag } from "../objects";
import type { Values } from "../values";
import type { MetalLbArgs } from "./args";

/**
 * Values of the metallb chart. Layer 2 only: FRR, which BGP needs, is off.
 * @param taints those that the pods of Services bear
 */
export function metalLbValues(plan: ServicePlan, taints: readonly string[] = []): Values {
  const resources = plan.resources ?? {};
  const borne = podPlacement({ tolerations: [...new Set([...(plan.tolerations ?? []), ...taints])].sort() });
  return {
    controller: { image: repositoryAndTag(imageOf(plan, "controller")), resources },
    speaker: {
      image: repositoryAndTag(imageOf(plan, "speaker")),
      resources,
      frr: { enabled: false },
      ...(borne.tolerations?.length ? borne : {}),
    },
    frrk8s: { enabled: false },
  };
}

/** An address pool of MetalLB's. */
export interface AddressPool {
  readonly name: "primary" | "ingress";
  readonly addresses: readonly string[];
  /** False: only Services that ask for one of the addresses get it. */
  readonly autoAssign: boolean;
}

/**
 * The pools, in the order in which they are changed: the first gives up the ingress's new address before the second takes it, and the
 * address that the second gives up stays reserved, because MetalLB refuses every change after which two pools would overlap.
 */
export function addressPools({
  range,
  ingressAddress,
  reserved = [],
}: Pick<MetalLbArgs, "range" | "ingressAddress" | "reserved">): AddressPool[] {
  const others = rangeWithout(range, [ingressAddress, ...reserved]);
  return [
    ...(others.length === 0 ? [] : [{ name: "primary" as const, addresses: others, autoAssign: true }]),
    { name: "ingress", addresses: [`${ingressAddress}/32`], autoAssign: false },
  ];
}

/** The range without some addresses, as MetalLB writes ranges: pools must not overlap. */
export function rangeWithout(range: AddressRange, addresses: readonly string[]): string[] {
  const first = parseAddress(range.first);
  const last = parseAddress(range.last);
  if (first === undefined || last === undefined) return [formatRange(range)];
  const taken = addresses.flatMap((text) => parseAddress(text) ?? []).filter((value) => contains({ first, last }, value));
  const bounds = [first - 1, ...[...new Set(taken)].sort((a, b) => a - b), last + 1];
  return bounds
    .slice(1)
    .map((end, index) => ({ first: (bounds[index] ?? end) + 1, last: end - 1 }))
    .filter((part) => part.first <= part.last)
    .map((part) => formatRange({ first: formatAddress(part.first), last: formatAddress(part.last) }));
}
