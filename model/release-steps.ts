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
