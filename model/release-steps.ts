import { findRelease, knownReleases } from "./catalog";
import { minorNumber } from "./cluster/releases";

/** Whether it leaves minor versions out. */
export function leaps(was: string, becomes: string): boolean {
  return minorNumber(becomes) - minorNumber(was) > 1;
}

/** The release by which a service of that version goes on to that one, where it may leave no minor version out; undefined where there is none. */
export function stepBetween(service: string, was: string, release: string): string | undefined {
  const base = findRelease(findRelease(release)?.maintains ?? "")?.services[service]?.version;
  return knownReleases.find((number) => {
    const { leadsTo, services = {} } = findRelease(number) ?? {};
    const version = services[service]?.version;
    // What it has as the release below it is not what it is for.
    return leadsTo === release && version !== undefined && version !== base && minorNumber(version) - minorNumber(was) === 1;
  });
}

/** Where an environment with these services goes on the way to a release: to the first step that one of them takes, else to the release itself. */
export function nextOnTheWay(
  release: string,
  services: readonly { readonly name: string; readonly version: string; readonly oneMinorAtATime?: true }[],
): string {
  const becomes = findRelease(release)?.services ?? {};
  const steps = services.flatMap(({ name, version, oneMinorAtATime }) => {
    const wanted = becomes[name]?.version;
    return oneMinorAtATime && wanted !== undefined && leaps(version, wanted) ? (stepBetween(name, version, release) ?? []) : [];
  });
  return knownReleases.find((each) => steps.includes(each)) ?? release;
}
