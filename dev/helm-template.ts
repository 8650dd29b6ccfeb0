import { findRelease, knownReleases } from "../model/catalog";

/** Kinds that charts ask for by their whole names before they use them, and that Helm without a cluster knows nothing of. */
const ASKED_FOR = [
  "policy/v1/PodDisruptionBudget",
  "networking.k8s.io/v1/Ingress",
  "networking.k8s.io/v1/IngressClass",
  "batch/v1/CronJob",
];

/** What Helm is told of the cluster that a chart is rendered for: of a build of its own it would say an old one. @default the newest release's Kubernetes */
export function clusterArgs(kubernetes = findRelease(knownReleases[0] ?? "")?.kubernetes ?? ""): string[] {
  return ["--kube-version", kubernetes, ...ASKED_FOR.flatMap((each) => ["--api-versions", each])];
}
