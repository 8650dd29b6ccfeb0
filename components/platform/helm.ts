import type { ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release";
import type { Values } from "./values";

/** How long Helm waits for a release's workloads, in seconds. */
const RELEASE_TIMEOUT = 900;

/** A release of a chart, by its repository's URL or the `oci://` path that it is below. */
export function releaseArgs(
  name: string,
  namespace: string,
  chart: { readonly name: string; readonly version: string; readonly repository: string },
  values: Values,
): ReleaseArgs {
  const fromRegistry = chart.repository.startsWith("oci://");
  return {
    name,
    namespace,
    chart: fromRegistry ? `${chart.repository}/${chart.name}` : chart.name,
    version: chart.version,
    ...(fromRegistry ? {} : { repositoryOpts: { repo: chart.repository } }),
    values,
    // A failed install leaves nothing behind and a failed upgrade rolls back: the next run starts from a known state.
    atomic: true,
    maxHistory: 5,
    timeout: RELEASE_TIMEOUT,
  };
}
