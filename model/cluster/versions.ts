import { findRelease, knownReleases } from "../catalog";
import { earlierRemedy } from "../earlier";
import { kubernetesVersions, nearestKubernetes } from "./releases";

/** What somebody wants a cluster brought to: a version of Kubernetes, or a release of K-PaaS that ships one. */
export interface VersionChoice {
  /** The field of the environment file that says it. */
  readonly field: "cluster.kubernetes" | "release";
  readonly value: string;
  readonly kubernetes: string;
}

/** What is wrong with a version that was asked for. */
export interface WrongVersion {
  readonly reason: string;
  readonly remedy: string;
}

/** Reads a version as a person types it: with or without a leading v, full or a minor, whose newest patch is meant. */
export function chooseVersion(text: string): VersionChoice | WrongVersion {
  const version = text.replace(/^v/, "");
  const release = findRelease(version);
  if (release) return { field: "release", value: version, kubernetes: release.kubernetes };
  const found = /^\d+\.\d+$/.test(version)
    ? kubernetesVersions.find((each) => each.startsWith(`${version}.`))
    : kubernetesVersions.find((each) => each === version);
  if (found !== undefined) return { field: "cluster.kubernetes", value: found, kubernetes: found };
  const earlier = earlierRemedy(version);
  if (earlier !== undefined) return { reason: "is a release of K-PaaS that cannot be brought up by this version", remedy: earlier };
  const known = /^\d+\.\d+(\.\d+)?$/.test(version);
  return {
    reason: known
      ? "is installed by no kubespray release known here, and no K-PaaS release has this number"
      : "is neither a version of Kubernetes nor a release of K-PaaS",
    remedy: known
      ? `the nearest version that one installs is ${nearestKubernetes(version)}; the newest is ${kubernetesVersions[0]}`
      : `give one such as ${kubernetesVersions[0]}, a minor such as ${kubernetesVersions[0]?.replace(/\.\d+$/, "")}, or a release: ${knownReleases.join(", ")}`,
  };
}
