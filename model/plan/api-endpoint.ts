import type { CloudDefinition } from "../cloud";
import type { Environment } from "../environment/types";
import { parseAddress } from "../ipv4";
import type { Lock } from "../lock";
import type { Findings } from "../problems";
import type { AddressPlan } from "./addresses";
import type { ApiEndpointPlan, MachinePlan } from "./infrastructure-types";

/** Where every API server listens. */
export const apiPort = 6443;

/** Where HAProxy listens on the same machines, whose own API server has the other port on all addresses. */
const proxyPort = 8443;

/** The environment with the kind of endpoint that stands, where the file does not name one: it moves only where somebody asks for it. */
export function withStandingEndpoint(
  environment: Environment,
  cloud: CloudDefinition,
  lock: Lock | undefined,
  findings: Findings,
): Environment {
  const { apiEndpoint } = environment.cluster;
  if (lock === undefined || apiEndpoint.byDefault !== true) return environment;
  const kind = lock.network.apiEndpointAddress === undefined ? "node" : cloud.defaults.apiEndpoint;
  if (kind === apiEndpoint.kind) return environment;
  if (kind === "node") {
    findings.warn(
      "cluster.apiEndpoint.kind",
      "stays node, as it was with one control plane: kubeconfigs name the first one's own address",
      `set it to ${apiEndpoint.kind} to have the API moved, step by step, or to node to keep it`,
    );
  }
  const { by = "kubeVip", ...rest } = apiEndpoint;
  const standing = { ...rest, kind, ...(kind === "virtualIp" ? { by } : {}) };
  return { ...environment, cluster: { ...environment.cluster, apiEndpoint: standing } };
}

/** Where the Kubernetes API is reached. */
export function planApiEndpoint(environment: Environment, machines: readonly MachinePlan[], addresses: AddressPlan): ApiEndpointPlan {
  const { kind, domain } = environment.cluster.apiEndpoint;
  const first = machines.find((machine) => machine.roles.includes("control-plane"));
  return {
    kind,
    address: addresses.apiEndpoint ?? first?.address ?? "",
    port: endpointPort(environment),
    ...(domain === undefined ? {} : { domain }),
  };
}

/** The port at which the endpoint is reached. */
export function endpointPort({ cluster: { apiEndpoint } }: Environment): number {
  return apiEndpoint.by === "keepalived" ? proxyPort : apiPort;
}

/** The variables by which the endpoint comes up, and by which hosts find it. */
export function endpointVariables(
  { cluster: { apiEndpoint } }: Environment,
  { can }: Pick<CloudDefinition, "can">,
  endpoint: ApiEndpointPlan,
): Record<string, unknown> {
  const { kind, address, port, domain } = endpoint;
  // A balancer that only leads in: nodes have kubespray's own proxy, which knows every control plane.
  if (kind === "node" || (kind === "loadBalancer" && !can.virtualAddresses)) return {};
  return {
    loadbalancer_apiserver: { address, port },
    apiserver_loadbalancer_domain_name: domain ?? address,
    ...(apiEndpoint.by === "kubeVip"
      ? { kube_vip_enabled: true, kube_vip_controlplane_enabled: true, kube_vip_arp_enabled: true, kube_vip_address: address }
      : {}),
    ...(apiEndpoint.by === "keepalived" ? { kpaas_endpoint: { address, port, backend_port: apiPort, router_id: routerId(address) } } : {}),
  };
}

/** From 1 to 255, and another one for every address of a /24: whoever else speaks VRRP in the network is told apart by it. */
function routerId(address: string): number {
  return (parseAddress(address) ?? 0) % 256 || 255;
}
