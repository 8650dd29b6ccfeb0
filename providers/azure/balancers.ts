import { LoadBalancer } from "@pulumi/azure-native/network/loadBalancer";
import { interpolate, type Output } from "@pulumi/pulumi";
import { givenAddress, type PublicAddress } from "./addresses";
import { azureLimits, azureName } from "./names";
import type { Network } from "./network";
import { type BalancerPlan, balancersOf, type FrontendPlan, lies, subnetsOf } from "./plan";
import { child, everyZone, placed, type Scope, tags } from "./scope";

/** The ways in. */
export interface Balancers {
  /** The pools that machines of a role are members of. */
  readonly pools: (role: string) => Output<string>[];
  readonly all: readonly LoadBalancer[];
  /** Where API and ingress are reached from outside. */
  readonly api?: Output<string>;
  readonly ingress?: Output<string>;
}

/** Where the ingress is met from outside, if a balancer of the cloud controller's leads there: that one is given it. */
export function ingressAddress(scope: Scope): PublicAddress | undefined {
  const { network, platform } = scope.plan;
  return platform.ingress.nodePorts === undefined && network.floating.ingress !== undefined
    ? givenAddress(scope, "ingress", network.floating.ingress.address)
    : undefined;
}

/** A balancer inside the network and one that is met from outside, each with its ways in; members join by their interfaces. */
export function createBalancers(scope: Scope, network: Network): Balancers {
  const made = balancersOf(scope.plan).map((each) => createBalancer(scope, network, each));
  const outside = Object.assign({}, ...made.map(({ addresses }) => addresses)) as Balancers;
  const { api, ingress } = outside;
  return {
    pools: (role) =>
      made.flatMap(({ balancer, roles }) => (roles.includes(role) ? [interpolate`${balancer.id}/backendAddressPools/${role}`] : [])),
    all: made.map(({ balancer }) => balancer),
    ...(api && { api }),
    ...(ingress && { ingress }),
  };
}

interface Made {
  readonly balancer: LoadBalancer;
  readonly roles: readonly string[];
  readonly addresses: Partial<Record<FrontendPlan["what"], Output<string>>>;
}

function createBalancer(scope: Scope, network: Network, { what, internal, frontends }: BalancerPlan): Made {
  const { name, plan } = scope;
  const addresses: Made["addresses"] = {};
  const configured = frontends.map((frontend) => {
    if (internal) return inside(scope, network, frontend);
    const { id, address } = givenAddress(scope, frontend.what, frontend.address);
    addresses[frontend.what] = address;
    return { name: frontend.what, publicIPAddress: { id } };
  });
  const roles = [...new Set(frontends.map(({ targets }) => targets))];
  const ports = frontends.flatMap((frontend) => frontend.ports.map((port) => ({ ...port, frontend })));
  const balancer = new LoadBalancer(
    `${name}-${what}`,
    {
      ...placed(scope),
      loadBalancerName: azureName(plan, azureLimits.balancer, what),
      sku: { name: "Standard" },
      frontendIPConfigurations: configured,
      backendAddressPools: roles.map((role) => ({ name: role })),
      probes: ports.map(({ name: port, target, frontend }) => ({ name: port, port: target, ...check(scope, frontend) })),
      loadBalancingRules: ports.map(({ name: port, port: listens, target, frontend }) => ({
        name: port,
        protocol: "Tcp",
        frontendIPConfiguration: { id: `$self/frontendIPConfigurations/${frontend.what}` },
        backendAddressPool: { id: `$self/backendAddressPools/${frontend.targets}` },
        probe: { id: `$self/probes/${port}` },
        frontendPort: listens,
        backendPort: target,
        // Of four minutes, the default, every idle watch, `kubectl logs -f` and `exec` would die; this is the longest.
        idleTimeoutInMinutes: 100,
        enableTcpReset: true,
        enableFloatingIP: false,
        // Machines get out by their gateway.
        disableOutboundSnat: true,
      })),
      tags: tags(scope),
    },
    // Its members come by their interfaces.
    child(scope),
  );
  return { balancer, roles, addresses };
}

/** The planned address, in the subnet that it lies in. */
function inside(scope: Scope, network: Network, { what, address = "" }: FrontendPlan) {
  const subnet = subnetsOf(scope.plan, false).find(({ cidr }) => lies(address, cidr));
  const id = network.subnets[subnet?.name ?? ""];
  if (id === undefined)
    throw new Error(`${address} lies in no subnet of the machines, which the plan must have refused; this is a bug in kpaas`);
  return { name: what, ...everyZone(scope), subnet: { id }, privateIPAllocationMethod: "Static", privateIPAddress: address };
}

/** Whether a member lives. It is asked over TLS without verifying it; /readyz answers anybody as long as the API server takes anonymous requests. */
function check({ plan }: Scope, { targets }: FrontendPlan) {
  const readyz = targets === "control-plane" && plan.cluster.variables.kube_api_anonymous_auth !== false;
  return {
    ...(readyz ? { protocol: "Https", requestPath: "/readyz" } : { protocol: "Tcp" }),
    intervalInSeconds: 5,
    numberOfProbes: 2,
    probeThreshold: 2,
  };
}
