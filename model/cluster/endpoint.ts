import type { ClusterSpec } from "./types";

export type EndpointKind = NonNullable<ClusterSpec["apiEndpoint"]["kind"]>;

/** How nodes reach the API: as the cluster says, else as kubespray's variables tell. `node`: by a proxy on each of them. */
export function endpointKind({ apiEndpoint, variables }: Pick<ClusterSpec, "apiEndpoint" | "variables">): EndpointKind {
  if (apiEndpoint.kind !== undefined) return apiEndpoint.kind;
  if (variables.kube_vip_enabled === true) return "virtualIp";
  return variables.loadbalancer_apiserver === undefined ? "node" : "loadBalancer";
}

/** Whether the endpoint of a cluster becomes another one. */
export function endpointMoves(recorded: ClusterSpec, wanted: ClusterSpec): boolean {
  const [was, becomes] = [recorded, wanted].map((spec) => ({ kind: endpointKind(spec), ...spec.apiEndpoint }));
  if (was === undefined || becomes === undefined) return false;
  if (was.kind === becomes.kind && was.host === becomes.host && was.port === becomes.port) return false;
  return !followsFirst(recorded, wanted);
}

/**
 * Where a move broke off that is not gone on with: half of the cluster may be there already. `back`: what is wanted is where it came from.
 */
export function strandedMove(
  recorded: ClusterSpec,
  wanted: ClusterSpec,
): { readonly at: ClusterSpec["apiEndpoint"]; readonly back: boolean } | undefined {
  const { movesTo: at, apiEndpoint: from } = recorded;
  if (at === undefined) return undefined;
  const isAt = ({ host, port }: ClusterSpec["apiEndpoint"]): boolean => at.host === host && at.port === port;
  if (isAt(wanted.apiEndpoint) || isAt(from)) return undefined;
  return { at, back: !endpointMoves(recorded, wanted) };
}

/** Whether the endpoint is the first control plane's own address before and after: nothing in the cluster holds that one. */
export function followsFirst(recorded: ClusterSpec, wanted: ClusterSpec): boolean {
  return (
    [recorded, wanted].every((spec) => {
      const first = spec.nodes[spec.controlPlane[0] ?? ""];
      return endpointKind(spec) === "node" && first?.address === spec.apiEndpoint.host;
    }) && recorded.apiEndpoint.port === wanted.apiEndpoint.port
  );
}

/** Variables that say where the API is reached: they change with the endpoint, by the runs that move it. */
export function isEndpointVariable(name: string): boolean {
  return name.startsWith("kube_vip_") || ENDPOINT_VARIABLES.has(name);
}

const ENDPOINT_VARIABLES: ReadonlySet<string> = new Set([
  "loadbalancer_apiserver",
  "loadbalancer_apiserver_localhost",
  "apiserver_loadbalancer_domain_name",
  "supplementary_addresses_in_ssl_keys",
  "kpaas_endpoint",
]);
