import { countChanges } from "../preview/sections";
import type { Counts } from "../preview/types";
import type { Problem } from "../problems";
import { type Found, type FoundStep, isAllNew, type Refused, type Risk } from "./found";
import type { Member, Outline, OutlineChange } from "./member";
import { clusterNames, type FleetPlan, type Wave } from "./plan";
import { type Stretch, together } from "./together";
import type { Work } from "./work";

/** What would be done with a fleet. Plain data: what `--json` prints. */
export interface FleetPreview {
  readonly fleet: string;
  readonly work: Work;
  /** `files`: by files and locks alone; `engine`: by every cluster's own preview. */
  readonly source: "files" | "engine";
  readonly waves: readonly WavePreview[];
  /** What is refused, or could not be previewed. */
  readonly refusals: readonly Shared<Refused["problems"][number]>[];
  /** What is the same in several clusters is there once, with their names; so in `risks` and `steps`. */
  readonly changes: readonly Shared<OutlineChange>[];
  readonly risks: readonly Shared<Risk>[];
  /** Runs of kubespray. */
  readonly steps: readonly Shared<FoundStep>[];
}

/** Something of one or several clusters. */
export type Shared<T> = T & { readonly clusters: readonly string[] };

export interface WavePreview {
  readonly name: string;
  /** What it waits for and stops at, one sentence each. */
  readonly rules: readonly string[];
  /** Minutes of its clusters' kubespray runs and of baking, with so many at once as may be. */
  readonly minutes?: Span;
  readonly clusters: readonly ClusterRow[];
}

/** One cluster of a wave. */
export interface ClusterRow extends Outline {
  readonly name: string;
  readonly canary: boolean;
  readonly after: readonly string[];
  /** What its own preview found. */
  readonly found?: Pick<Found, "counts" | "fingerprint" | "seconds"> & { readonly minutes: Span };
  readonly refused?: true;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** What every cluster's own preview has shown, and how many can be worked on at once. */
export interface Looked {
  readonly clusters: ReadonlyMap<string, Found | Refused>;
  readonly capacity: number;
}

/** The worst first. */
const EFFECTS: readonly OutlineChange["effect"][] = ["deleted", "rebuilt", "changed", "created"];
const RISKS: readonly Risk["effect"][] = [
  "lost",
  "rebuilt",
  "moved",
  "on the way",
  "exchanged",
  "restarted",
  "may restart",
  "runs again",
  "kept",
  "approved",
];

/** Puts together what is known of a fleet: by files and locks, and by each cluster's own preview where there was one. Pure. */
export function previewFleet(plan: FleetPlan, members: readonly Member[], work: Work, looked?: Looked): FleetPreview {
  const outlines = new Map(members.map(({ name, outline }) => [name, outline]));
  const found = (name: string): Found | undefined => {
    const its = looked?.clusters.get(name);
    return its !== undefined && "counts" in its ? its : undefined;
  };
  const problems = (name: string): Refused["problems"] => {
    const its = looked?.clusters.get(name);
    return its !== undefined && "problems" in its ? its.problems : [];
  };
  const waves = plan.waves.map((wave): WavePreview => {
    const clusters = wave.clusters.flatMap(({ name, after }, index): ClusterRow[] => {
      const outline = outlines.get(name);
      if (outline === undefined) return [];
      const its = found(name);
      return [
        {
          ...{ name, canary: index < wave.canaries, after: after.map((each) => each.cluster), ...outline },
          ...(its === undefined ? {} : { found: shownOf(its) }),
          ...(problems(name).length === 0 ? {} : { refused: true }),
        },
      ];
    });
    const minutes = looked === undefined ? undefined : minutesOf(wave, clusters, looked.capacity);
    return { name: wave.name, rules: rulesOf(wave), ...(minutes === undefined ? {} : { minutes }), clusters };
  });
  const names = clusterNames(plan);
  const byRank =
    <T, K>(order: readonly K[], rank: (each: T) => K) =>
    (a: T, b: T) =>
      order.indexOf(rank(a)) - order.indexOf(rank(b));
  return {
    ...{ fleet: plan.fleet, work },
    source: looked === undefined ? "files" : "engine",
    waves,
    refusals: shared(names, problems),
    changes: shared(names, (name) => changesOf(outlines.get(name), looked === undefined ? undefined : (found(name) ?? "refused"))).sort(
      byRank(EFFECTS, ({ effect }) => effect),
    ),
    risks: shared(names, (name) => found(name)?.risks ?? []).sort(byRank(RISKS, ({ effect }) => effect)),
    steps: shared(names, (name) => found(name)?.steps ?? []),
  };
}

function rulesOf({ clusters, canaries, bakeSeconds, maxConcurrent, maxFailures, approval, maintenance }: Wave): string[] {
  const bake = bakeSeconds === 0 ? "" : `, each part is waited on for ${bakeSeconds} s`;
  return [
    ...(approval ? ["begins once it is approved"] : []),
    ...(maintenance === undefined ? [] : [`begins in its maintenance windows (${maintenance.timeZone})`]),
    ...(canaries === 0 ? [] : [`${canaries} of ${clusters.length} first`]),
    `${maxConcurrent === undefined ? "as many at once as the machine allows" : `at most ${maxConcurrent} at once`}${bake}`,
    maxFailures === 0 ? "the first failure stops it" : `more than ${maxFailures} failures stop it`,
  ];
}

function shownOf({ counts, fingerprint, seconds, steps }: Found): NonNullable<ClusterRow["found"]> {
  const sum = (end: "from" | "to") => steps.reduce((total, { minutes }) => total + minutes[end], 0);
  return { counts, fingerprint, seconds, minutes: { from: sum("from"), to: sum("to") } };
}

/** Undefined where no cluster has a run of kubespray. */
function minutesOf({ canaries, bakeSeconds, maxConcurrent }: Wave, clusters: readonly ClusterRow[], capacity: number): Span | undefined {
  if (!clusters.some(({ found }) => found !== undefined && found.minutes.to > 0)) return undefined;
  const slots = Math.min(maxConcurrent ?? capacity, capacity);
  const parts = [clusters.slice(0, canaries), clusters.slice(canaries)].filter(({ length }) => length > 0);
  const whole = (end: "from" | "to") =>
    parts.reduce((sum, part) => {
      const stretches = part.map(({ name, after, found }): Stretch => ({ name, after, length: found?.minutes[end] ?? 0 }));
      return sum + together(stretches, slots) + bakeSeconds / 60;
    }, 0);
  return { from: Math.round(whole("from")), to: Math.round(whole("to")) };
}

/** What is the same for several clusters, once. */
function shared<T extends object>(names: readonly string[], of: (name: string) => readonly T[]): Shared<T>[] {
  const all = new Map<string, { readonly each: T; readonly clusters: string[] }>();
  for (const name of names)
    for (const each of of(name)) {
      const key = JSON.stringify(each);
      const known = all.get(key);
      if (known === undefined) all.set(key, { each, clusters: [name] });
      else if (!known.clusters.includes(name)) known.clusters.push(name);
    }
  return [...all.values()].map(({ each, clusters }) => ({ ...each, clusters }));
}

/** A cluster that nothing is known of is one change, and not as many as it has machines. */
function changesOf(outline: Outline | undefined, found: Found | "refused" | undefined): readonly OutlineChange[] {
  if (outline === undefined || found === "refused") return [];
  if (found === undefined ? !outline.isNew : !isAllNew(found.counts)) return (found ?? outline).changes;
  const { machines, services, kubernetes, provider } = outline;
  const resources = found === undefined ? "" : `, ${found.counts.create} resources`;
  const detail = `${machines} machines on ${provider}, Kubernetes ${kubernetes}, ${services} services${resources}`;
  return [{ effect: "created", what: "environment", detail }];
}

/** What becomes of a cluster in a word or two. */
export function verdictOf({ isNew, changes, found, refused }: ClusterRow): string {
  if (refused) return "refused";
  if (found !== undefined) return wordsFor(found.counts);
  if (isNew) return "new";
  if (changes.length === 0) return "as in its lock";
  const counts = EFFECTS.map((effect) => [changes.filter((change) => change.effect === effect).length, effect] as const);
  return counts.flatMap(([count, effect]) => (count === 0 ? [] : [`${count} ${effect}`])).join(", ");
}

function wordsFor(counts: Counts): string {
  return countChanges({ ...counts, same: 0 }, "preview");
}

/** The refusals as problems, each with the names of its clusters. */
export function refusalProblems({ refusals }: Pick<FleetPreview, "refusals">): Problem[] {
  return refusals.map(({ clusters, ...problem }) => ({ environment: clusters.join(", "), ...problem, severity: "error" }));
}
