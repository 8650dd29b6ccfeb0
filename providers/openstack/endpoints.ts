import { Listener } from "@pulumi/openstack/loadbalancer/listener";
import { LoadBalancer } from "@pulumi/openstack/loadbalancer/loadBalancer";
import { Member } from "@pulumi/openstack/loadbalancer/member";
import { Monitor } from "@pulumi/openstack/loadbalancer/monitor";
import { Pool } from "@pulumi/openstack/loadbalancer/pool";
import { FloatingIp } from "@pulumi/openstack/networking/floatingIp";
import { FloatingIpAssociate } from "@pulumi/openstack/networking/floatingIpAssociate";
import { Port } from "@pulumi/openstack/networking/port";
import type { SecGroup } from "@pulumi/openstack/networking/secGroup";
import { type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import type { FloatingPlan } from "../../model/plan/infrastructure-types";
import type { Machine } from "./machines";
import type { NodeNetwork, SecurityGroups } from "./network";
import { HOUR_IN_MS, hasController, keepsIngress, makesIngressBalancer } from "./plan";
import { child, cloudName, described, type Scope, tags } from "./scope";

/** The addresses the environment is reached at from outside its network. */
export interface Endpoints {
  readonly bastion?: Output<string>;
  readonly api?: Output<string>;
  readonly ingress?: Output<string>;
  /** The port that keeps the ingress's address. */
  readonly ingressPort?: Output<string>;
  /** The ingress's balancer, where it is there before its Service. */
  readonly ingressBalancer?: Output<string>;
  /** Nothing else that was made for them comes after these. */
  readonly last: readonly Resource[];
}

/** What a floating address may point to. */
interface Target {
  readonly portId: Input<string>;
  /** Nothing else that was made for it comes after these. */
  readonly last: readonly Resource[];
}

/** The API's balancer, the reserved ports and the floating addresses. */
export function createEndpoints(
  scope: Scope,
  network: NodeNetwork,
  security: SecurityGroups,
  machines: Readonly<Record<string, Machine>>,
): Endpoints {
  const { platform, network: planned } = scope.plan;
  const all = Object.values(machines);
  const bastion = all.find((machine) => machine.plan.roles.includes("bastion"));

  const ingressBalancer = makesIngressBalancer(scope.plan) ? createIngressBalancer(scope, network) : undefined;
  const targets = {
    bastion: bastion && { portId: bastion.port.id, last: [] },
    api: createApiTarget(scope, network, security, all),
    ingress: ingressBalancer
      ? { portId: ingressBalancer.vipPortId, last: [ingressBalancer] }
      : keepsIngress(scope.plan)
        ? reservePort(scope, network, "ingress", platform.ingress.address, security.groups.worker)
        : undefined,
  };
  const last = Object.values(targets).flatMap((target) => target?.last ?? []);
  const at = (what: keyof typeof targets): Partial<Endpoints> => {
    const [floating, target] = [planned.floating[what], targets[what]];
    if (!floating || target === undefined) return {};
    const { address, association } = floatingAddress(scope, network, what, floating, target.portId);
    last.push(association);
    return { [what]: address };
  };
  const ingressPort = targets.ingress && output(targets.ingress.portId);
  return {
    ...at("bastion"),
    ...at("api"),
    ...at("ingress"),
    ...(ingressPort && { ingressPort }),
    ...(ingressBalancer && { ingressBalancer: ingressBalancer.id }),
    last,
  };
}

/** What a floating address of the API points to: the balancer's port, the virtual address's, or the first control plane's. */
function createApiTarget(scope: Scope, network: NodeNetwork, security: SecurityGroups, machines: readonly Machine[]): Target | undefined {
  const { apiEndpoint, cluster } = scope.plan;
  switch (apiEndpoint.kind) {
    case "loadBalancer":
      return createLoadBalancer(scope, network, machines);
    case "virtualIp":
      return reservePort(scope, network, "api", apiEndpoint.address, security.groups["control-plane"]);
    case "node": {
      const first = machines.find((machine) => machine.plan.name === cluster.controlPlane[0]);
      return first && { portId: first.port.id, last: [] };
    }
  }
}

/** A port without a machine: keeps neutron from giving the address away and lets a floating address point to it. */
function reservePort(scope: Scope, network: NodeNetwork, role: string, ipAddress: string, group: SecGroup | undefined): Target {
  const balanced = role === "ingress" && hasController(scope.plan);
  const port = new Port(
    `${scope.name}-address-${role}`,
    {
      name: cloudName(scope, role),
      description: described(
        scope,
        balanced ? `Keeps ${ipAddress} for a balancer` : `Reserves ${ipAddress}, which machines take over by allowed address pairs`,
      ),
      networkId: network.networkId,
      adminStateUp: true,
      portSecurityEnabled: true,
      fixedIps: [{ subnetId: network.subnetId, ipAddress }],
      securityGroupIds: group === undefined ? [] : [group.id],
      tags: tags(scope),
    },
    // Who has a balancer made at the port has its security groups, too.
    child(scope, balanced ? { ignoreChanges: ["securityGroupIds"] } : {}),
  );
  return { portId: port.id, last: [port] };
}

/** A floating address apart from its association, so that it stays when the port behind it is replaced. One made beforehand is only used. */
function floatingAddress(
  scope: Scope,
  network: NodeNetwork,
  role: string,
  { address: given }: FloatingPlan,
  portId: Input<string>,
): { readonly address: Output<string>; readonly association: Resource } {
  const { name, plan, survey } = scope;
  const address =
    given !== undefined
      ? output(given)
      : new FloatingIp(
          `${name}-floating-ip-${role}`,
          { pool: survey.external.name, description: described(scope, `kpaas ${plan.environment}: ${role}`), tags: tags(scope) },
          child(scope, { retainOnDelete: plan.retain.includes("addresses") }),
        ).address;
  const association = new FloatingIpAssociate(
    `${name}-floating-ip-associate-${role}`,
    { floatingIp: address, portId },
    // Neutron refuses the association before the router joins the subnet, and the router's leaving before the association is gone.
    // A port has one floating address: where another one is named, or made, the old one leaves first.
    child(scope, { dependsOn: [...network.uplink], deleteBeforeReplace: true }),
  );
  return { address, association };
}

/** The balancer that the controller puts the ingress's listeners on. */
function createIngressBalancer(scope: Scope, network: NodeNetwork): LoadBalancer {
  const { name, plan, openstack } = scope;
  return new LoadBalancer(
    `${name}-ingress`,
    {
      name: cloudName(scope, "ingress"),
      description: `kpaas ${plan.environment}: ingress`,
      loadbalancerProvider: openstack.loadBalancerProvider,
      vipSubnetId: network.subnetId,
      vipAddress: plan.platform.ingress.address,
      tags: tags(scope),
    },
    // The controller tags it with the Service that is on it.
    child(scope, { ignoreChanges: ["tags"] }),
  );
}

function createLoadBalancer(scope: Scope, network: NodeNetwork, machines: readonly Machine[]): Target {
  const { name, plan, openstack } = scope;
  const { address, port } = plan.apiEndpoint;
  const amphora = openstack.loadBalancerProvider === "amphora";
  const balancer = new LoadBalancer(
    `${name}-api`,
    {
      name: cloudName(scope, "api"),
      description: `kpaas ${plan.environment}: Kubernetes API`,
      loadbalancerProvider: openstack.loadBalancerProvider,
      vipSubnetId: network.subnetId,
      vipAddress: address,
      tags: tags(scope),
    },
    child(scope),
  );
  const listener = new Listener(
    `${name}-api-listener`,
    {
      name: cloudName(scope, "api"),
      loadbalancerId: balancer.id,
      protocol: "TCP",
      protocolPort: port,
      // OVN's balancer knows neither: it keeps the client's address, so the control plane's security group decides who gets in, and it
      // holds no connection of its own that could be idle.
      ...(amphora && {
        // Octavia gives them back sorted.
        allowedCidrs: [...new Set([plan.network.cidr, ...plan.access.adminCidrs])].sort(),
        // Octavia's default of 50 s would cut every idle watch, `kubectl logs -f` and `exec`.
        timeoutClientData: HOUR_IN_MS,
        timeoutMemberData: HOUR_IN_MS,
      }),
      tags: tags(scope),
    },
    child(scope),
  );
  const pool = new Pool(
    `${name}-api-pool`,
    // OVN spreads by the packet's addresses and ports and knows no other way.
    { name: cloudName(scope, "api"), listenerId: listener.id, protocol: "TCP", lbMethod: amphora ? "ROUND_ROBIN" : "SOURCE_IP_PORT" },
    child(scope),
  );
  // An amphora checks over TLS without verifying and without a client certificate. /readyz answers anybody as long as the API server takes
  // anonymous requests; where that is switched off it says 401 to a healthy member's check, and OVN's balancer knows TCP only.
  const readyz = amphora && plan.cluster.variables.kube_api_anonymous_auth !== false;
  const monitor = new Monitor(
    `${name}-api-monitor`,
    {
      name: cloudName(scope, "api"),
      poolId: pool.id,
      ...(readyz ? { type: "HTTPS", urlPath: "/readyz", httpMethod: "GET", expectedCodes: "200" } : { type: "TCP" }),
      delay: 10,
      timeout: 5,
      maxRetries: 3,
      maxRetriesDown: 3,
    },
    child(scope, { deletedWith: pool }), // as its members are: each would be a change of the balancer, and the next would wait for its end
  );
  const members = machines
    .filter((each) => each.plan.roles.includes("control-plane"))
    .map(
      ({ plan: machine, instance }) =>
        new Member(
          `${name}-api-member-${machine.name}`,
          {
            name: cloudName(scope, machine.name),
            poolId: pool.id,
            address: machine.address,
            protocolPort: port,
            subnetId: network.subnetOf(machine.group),
          },
          child(scope, { dependsOn: [instance, monitor], deletedWith: pool }),
        ),
    );
  return { portId: balancer.vipPortId, last: members };
}
