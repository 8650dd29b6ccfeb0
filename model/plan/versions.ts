import type { Release } from "../catalog";
import { nearestKubernetes, tagFor } from "../cluster/releases";
import type { Environment } from "../environment/types";
import type { Lock } from "../lock";
import type { Findings } from "../problems";
import type { ProxyMode } from "./types";

/**
 * How kube-proxy leads to Services: as the file says, else as the cluster stands by its lock, whatever release it goes to, else as the release
 * has it for new ones.
 */
export function planProxyMode(environment: Environment, release: Release, lock: Lock | undefined): ProxyMode {
  return environment.cluster.proxyMode ?? (lock ? (lock.proxyMode ?? BEFORE) : release.cluster.proxyMode);
}

/** What every cluster had when locks did not say it. */
const BEFORE = "ipvs";

/** The part of the lock that says it: nothing where it is what locks once did not say; as it was where the file says it. */
export function lockedProxyMode(mode: ProxyMode, { cluster }: Environment, lock: Lock | undefined): Pick<Lock, "proxyMode"> {
  const locked = cluster.proxyMode === undefined ? mode : (lock?.proxyMode ?? BEFORE);
  return locked === BEFORE ? {} : { proxyMode: locked };
}

interface Versions {
  readonly kubernetes: string;
  /** The kubespray tag that installs it. */
  readonly kubespray: string;
}

/**
 * Which Kubernetes, and by which kubespray. The file's version, else the one the lock has, else the release's own. The tag that the lock has
 * for it stays; a version chosen anew comes by the release's own tag, or where that does not install it by the newest that does.
 * @param lock the lock, where it is of the same release
 */
export function planVersions(environment: Environment, release: Release, lock: Lock | undefined, findings: Findings): Versions {
  const kubernetes = environment.cluster.kubernetes ?? lock?.kubernetes ?? release.kubernetes;
  if (lock?.kubernetes === kubernetes) return { kubernetes, kubespray: lock.kubespray };
  const kubespray = tagFor(kubernetes, release.kubespray);
  if (kubespray === undefined) {
    findings.error(
      "cluster.kubernetes",
      "is installed by no kubespray release known here",
      `the nearest version that one installs is "${nearestKubernetes(kubernetes)}"`,
      kubernetes,
    );
  }
  return { kubernetes, kubespray: kubespray ?? release.kubespray };
}
