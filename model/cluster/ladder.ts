import { compareVersions, installs, kubesprayRelease, kubesprayTags, minorNumber, minorOf } from "./releases";

/** One rung of an upgrade: the kubespray tag it is run from, and the Kubernetes it brings. */
export interface Hop {
  readonly kubespray: string;
  readonly kubernetes: string;
}

type Rung = readonly [tagMinor: number, kubernetesMinor: number];

/**
 * The way from one pair of versions to another, by the tags of the catalogue: never more than one minor of kubespray and one of Kubernetes at a
 * time, and with as few hops as possible. Empty where nothing changes; undefined where there is no such way.
 */
export function ladder(from: Hop, { kubespray, kubernetes }: Hop): readonly Hop[] | undefined {
  const to = { kubespray, kubernetes };
  if (from.kubespray === to.kubespray && from.kubernetes === to.kubernetes) return [];
  const target = kubesprayRelease(to.kubespray);
  if (!target || !installs(target, to.kubernetes)) return undefined;
  if (compareVersions(from.kubernetes, to.kubernetes) > 0 || compareVersions(from.kubespray.slice(1), to.kubespray.slice(1)) > 0)
    return undefined;
  const start: Rung = [minorNumber(from.kubespray), minorNumber(from.kubernetes)];
  const end: Rung = [minorNumber(to.kubespray), minorNumber(to.kubernetes)];
  const hopAt = ([tag, kubernetes]: Rung): Hop | undefined =>
    tag === end[0] && kubernetes === end[1] ? to : hopTo(tag, kubernetes, from, to);
  // Breadth-first, so that the first way found is a shortest one.
  const seen = new Set<string>([`${start}`]);
  let ways: { readonly at: Rung; readonly hops: readonly Hop[] }[] = [{ at: start, hops: [] }];
  if (`${start}` === `${end}`) return [to];
  while (ways.length > 0) {
    const next: typeof ways = [];
    for (const { at, hops } of ways) {
      for (const rung of rungsFrom(at, end)) {
        const hop = hopAt(rung);
        if (seen.has(`${rung}`) || hop === undefined) continue;
        seen.add(`${rung}`);
        const way = [...hops, hop];
        if (`${rung}` === `${end}`) return way;
        next.push({ at: rung, hops: way });
      }
    }
    ways = next;
  }
  return undefined;
}

function rungsFrom([tag, kubernetes]: Rung, end: Rung): Rung[] {
  const up = (at: number, to: number): number[] => (at < to ? [at + 1] : []);
  return [
    ...up(tag, end[0]).flatMap((nextTag) => up(kubernetes, end[1]).map((next): Rung => [nextTag, next])),
    ...up(tag, end[0]).map((nextTag): Rung => [nextTag, kubernetes]),
    ...up(kubernetes, end[1]).map((next): Rung => [tag, next]),
  ];
}

/** The hop in between: the newest tag of its minor, and of Kubernetes the newest patch that does not pass what was there or is wanted. */
function hopTo(tagMinor: number, kubernetesMinor: number, from: Hop, to: Hop): Hop | undefined {
  const tags = minorNumber(to.kubespray) === tagMinor ? [to.kubespray] : kubesprayTags.filter((tag) => minorNumber(tag) === tagMinor);
  // Nobody goes back a patch of the tag either.
  const able =
    minorNumber(from.kubespray) === tagMinor ? tags.filter((tag) => compareVersions(tag.slice(1), from.kubespray.slice(1)) >= 0) : tags;
  const release = kubesprayRelease(able.at(-1) ?? "");
  const minor = `1.${kubernetesMinor}`;
  const kubernetes = release?.kubernetes.versions.find(
    (version) =>
      minorOf(version) === minor &&
      (minorOf(to.kubernetes) !== minor || compareVersions(version, to.kubernetes) <= 0) &&
      (minorOf(from.kubernetes) !== minor || compareVersions(version, from.kubernetes) >= 0),
  );
  return release && kubernetes !== undefined && installs(release, kubernetes) ? { kubespray: release.tag, kubernetes } : undefined;
}

/** The variables of one tag as a later one calls them, without those that stop it because they were removed. */
export function renamedFor(tag: string, variables: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const renames = kubesprayTags
    .slice(0, kubesprayTags.indexOf(tag) + 1)
    .flatMap((each) => Object.entries(kubesprayRelease(each)?.renamedVariables ?? {}));
  const names = new Map(renames);
  const removed = kubesprayRelease(tag)?.removedVariables ?? [];
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (removed.includes(name) ? [] : [[names.get(name) ?? name, value]])),
  );
}
