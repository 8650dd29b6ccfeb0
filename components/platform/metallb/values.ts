import { contains, formatAddress, formatRange, parseAddress } from "../../../model/ipv4";
import type { AddressRange, ServicePlan } from "../../../model/plan/types";
import { imageOf, repositoryAndTag } from "../objects";
import type { Values } from "../values";

/** Values of the metallb chart. Layer 2 only: FRR, which BGP needs, is off. */
export function metalLbValues(plan: ServicePlan): Values {
  const resources = plan.resources ?? {};
  return {
    controller: { image: repositoryAndTag(imageOf(plan, "controller")), resources },
    speaker: { image: repositoryAndTag(imageOf(plan, "speaker")), resources, frr: { enabled: false } },
    frrk8s: { enabled: false },
  };
}

/** The range without one address, as MetalLB writes ranges: pools must not overlap. */
export function rangeWithout(range: AddressRange, address: string): string[] {
  const first = parseAddress(range.first);
  const last = parseAddress(range.last);
  const taken = parseAddress(address);
  if (first === undefined || last === undefined || taken === undefined || !contains({ first, last }, taken)) return [formatRange(range)];
  return [
    { first, last: taken - 1 },
    { first: taken + 1, last },
  ]
    .filter((part) => part.first <= part.last)
    .map((part) => formatRange({ first: formatAddress(part.first), last: formatAddress(part.last) }));
}
