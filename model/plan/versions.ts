import type { Release } from "../catalog";
import { nearestKubernetes, tagFor } from "../cluster/releases";
import type { Environment } from "../environment/types";
import type { Lock } from "../lock";
import type { Findings } from "../problems";

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
