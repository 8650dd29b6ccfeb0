import type { Member, Outline, OutlineChange } from "./member";
import type { FleetPlan } from "./plan";

/** What a fleet's `up` would do, as far as files and locks tell. Plain data: what `--json` prints. */
export interface FleetPreview {
  readonly fleet: string;
  readonly waves: readonly WavePreview[];
  /** Changes that are the same in several clusters, each once. */
  readonly changes: readonly SharedChange[];
}

interface WavePreview {
  readonly name: string;
  /** What it waits for and stops at, one sentence each. */
  readonly rules: readonly string[];
  readonly clusters: readonly ({ readonly name: string; readonly canary: boolean; readonly after: readonly string[] } & Outline)[];
}

interface SharedChange extends OutlineChange {
  readonly clusters: readonly string[];
}

/** The worst first. */
const EFFECTS: readonly OutlineChange["effect"][] = ["deleted", "rebuilt", "changed", "created"];

/** Puts together what is known of a fleet before any engine is asked. Pure. */
export function previewFleet(plan: FleetPlan, members: readonly Member[]): FleetPreview {
  const outlines = new Map(members.map(({ name, outline }) => [name, outline]));
  const waves = plan.waves.map((wave): WavePreview => {
    const { name, clusters, canaries, bakeSeconds, maxConcurrent, maxFailures, approval, maintenance } = wave;
    const bake = bakeSeconds === 0 ? "" : `, each part is waited on for ${bakeSeconds} s`;
    return {
      name,
      rules: [
        ...(approval ? ["begins once it is approved"] : []),
        ...(maintenance === undefined ? [] : [`begins in its maintenance windows (${maintenance.timeZone})`]),
        ...(canaries === 0 ? [] : [`${canaries} of ${clusters.length} first`]),
        `${maxConcurrent === undefined ? "as many at once as the machine allows" : `at most ${maxConcurrent} at once`}${bake}`,
        maxFailures === 0 ? "the first failure stops it" : `more than ${maxFailures} failures stop it`,
      ],
      clusters: clusters.flatMap(({ name: cluster, after }, index) => {
        const outline = outlines.get(cluster);
        return outline === undefined
          ? []
          : [{ name: cluster, canary: index < canaries, after: after.map((each) => each.cluster), ...outline }];
      }),
    };
  });
  const shared = new Map<string, SharedChange>();
  for (const { name, outline } of members)
    for (const change of changesOf(outline)) {
      const key = JSON.stringify(change);
      shared.set(key, { ...change, clusters: [...(shared.get(key)?.clusters ?? []), name] });
    }
  const changes = [...shared.values()].sort((a, b) => EFFECTS.indexOf(a.effect) - EFFECTS.indexOf(b.effect));
  return { fleet: plan.fleet, waves, changes };
}

/** A cluster that nothing is known of is one change, and not as many as it has machines. */
function changesOf({ isNew, changes, machines, services, kubernetes, provider }: Outline): readonly OutlineChange[] {
  if (!isNew) return changes;
  const detail = `${machines} machines on ${provider}, Kubernetes ${kubernetes}, ${services} services`;
  return [{ effect: "created", what: "environment", detail }];
}

/** What becomes of a cluster in a word or two. */
export function verdictOf({ isNew, changes }: Outline): string {
  if (isNew) return "new";
  if (changes.length === 0) return "as in its lock";
  const counts = EFFECTS.map((effect) => [changes.filter((change) => change.effect === effect).length, effect] as const);
  return counts.flatMap(([count, effect]) => (count === 0 ? [] : [`${count} ${effect}`])).join(", ");
}
