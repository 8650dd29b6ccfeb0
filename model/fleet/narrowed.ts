import type { Dependency, FleetPlan, Wave } from "./plan";

/** A plan of some of its clusters alone: each still after all that are left of those it came after, over those that are not. Empty waves go. */
export function narrowed(plan: FleetPlan, names: readonly string[]): FleetPlan {
  const left = new Set(names);
  const before = new Map<string, readonly Dependency[]>();
  // Nothing stands before what it comes after.
  for (const { clusters } of plan.waves)
    for (const { name, after } of clusters) {
      const all = after.flatMap((each) => (left.has(each.cluster) ? [each] : (before.get(each.cluster) ?? [])));
      before.set(name, [...new Map(all.map((each) => [each.cluster, each])).values()]);
    }
  const waves = plan.waves.map(({ clusters, canaries, ...wave }): Wave => {
    const its = clusters.filter(({ name }) => left.has(name));
    const first = clusters.slice(0, canaries).filter(({ name }) => left.has(name)).length;
    return {
      ...wave,
      // Where canaries alone are left there is nothing that they go before.
      canaries: first === its.length ? 0 : first,
      clusters: its.map(({ name }) => ({ name, after: before.get(name) ?? [] })),
    };
  });
  return { ...plan, waves: waves.filter(({ clusters }) => clusters.length > 0) };
}
