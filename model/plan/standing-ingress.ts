import { findRelease, knownReleases } from "../catalog";
import type { Lock } from "../lock";
import type { IngressKind } from "./ingress";

/** What every environment had when locks did not say it. */
const BEFORE = "nginx";

/**
 * The controller of a file that names none: the one that the first plan had, by the lock, whatever release the environment goes to; without a
 * lock as the release has it for new environments.
 */
export function silentIngress(release: string | undefined, lock: Lock | undefined): IngressKind {
  if (lock !== undefined) return lock.ingress ?? BEFORE;
  return findRelease(release ?? knownReleases[0] ?? "")?.platform.ingress ?? BEFORE;
}

/** The part of the lock that says it: as the first plan has it, and nothing where that is what locks once did not say. */
export function lockedIngress(kind: IngressKind, lock: Lock | undefined): Pick<Lock, "ingress"> {
  const first = lock === undefined ? kind : (lock.ingress ?? BEFORE);
  return first === BEFORE ? {} : { ingress: first };
}
