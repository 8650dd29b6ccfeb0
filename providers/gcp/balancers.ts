import { Address } from "@pulumi/gcp/compute/address";
import { ForwardingRule } from "@pulumi/gcp/compute/forwardingRule";
import { InstanceGroup } from "@pulumi/gcp/compute/instanceGroup";
import { InstanceGroupMembership } from "@pulumi/gcp/compute/instanceGroupMembership";
import { RegionBackendService } from "@pulumi/gcp/compute/regionBackendService";
import { RegionHealthCheck } from "@pulumi/gcp/compute/regionHealthCheck";
import { type Output, output, type Resource } from "@pulumi/pulumi";
import type { Machine } from "./machines";
import type { Network } from "./network";
import { type BalancerPlan, balancersOf, balancesServices, zonesOf } from "./plan";
import { child, described, labels, named, type Scope } from "./scope";

/** Where the environment is reached from outside its network. */
export interface Endpoints {
  readonly api?: Output<string>;
  readonly ingress?: Output<string>;
  /** Nothing else that was made for them comes after these. */
  readonly last: readonly Resource[];
}

/** An address outside, apart from what has it, so that it stays when that is made anew. One made beforehand is only used. */
export function outsideAddress(scope: Scope, what: "bastion" | "api" | "ingress"): Output<string> | undefined {
  const { plan, gcp, name } = scope;
  const floating = plan.network.floating[what];
  if (floating === undefined) return undefined;
  if (floating.address !== undefined) return output(floating.address);
  const made = new Address(
    `${name}-floating-ip-${what}`,
    {
      ...named(scope, what),
      description: described(scope, what),
      region: gcp.region,
      addressType: "EXTERNAL",
      networkTier: "PREMIUM",
      labels: labels(scope),
    },
    child(scope, { retainOnDelete: plan.retain.includes("addresses") }),
  );
  return made.address;
}

/** The balancers of API and ingress, over groups of machines that each zone has one of. */
export function createEndpoints(scope: Scope, network: Network, machines: Readonly<Record<string, Machine>>): Endpoints {
  const balancers = balancersOf(scope.plan);
  const last: Resource[] = [];
  const made: { api?: Output<string>; ingress?: Output<string> } = {};
  for (const [what, members] of [
    ["api", "control-plane"],
    ["ingress", "worker"],
  ] as const) {
    const own = balancers.filter((each) => each.members === members);
    if (own.length === 0) continue;
    const groups = createGroups(scope, network, members, machines);
    const check = createCheck(scope, what);
    for (const balancer of own) {
      const { rule, address } = createBalancer(scope, network, balancer, groups.groups, check);
      if (!balancer.internal) made[what] = address;
      last.push(rule);
    }
    last.push(...groups.members);
  }
  // The controller leads from there.
  if (balancesServices(scope.plan)) {
    const address = outsideAddress(scope, "ingress");
    if (address !== undefined) made.ingress = address;
  }
  return { ...made, last };
}

/** A machine is in one group that is balanced at most: the groups of a role serve all of its balancers. */
function createGroups(
  scope: Scope,
  network: Network,
  role: BalancerPlan["members"],
  machines: Readonly<Record<string, Machine>>,
): { readonly groups: readonly InstanceGroup[]; readonly members: readonly Resource[] } {
  const { name, plan, gcp } = scope;
  const groups = Object.fromEntries(
    zonesOf(plan, role).map((zone) => [
      zone,
      new InstanceGroup(
        `${name}-group-${role}-${zone}`,
        { ...named(scope, role, zone), description: described(scope, `${role} in ${zone}`), zone, network: network.networkId },
        // Members are resources of their own.
        child(scope, { ignoreChanges: ["instances"] }),
      ),
    ]),
  );
  const members = Object.values(machines).flatMap(({ plan: machine, link }) => {
    const group = groups[machine.zone ?? ""];
    if (group === undefined || !machine.roles.includes(role)) return [];
    return new InstanceGroupMembership(
      `${name}-member-${machine.name}`,
      { instanceGroup: group.name, instance: link, zone: machine.zone, project: gcp.project },
      child(scope),
    );
  });
  return { groups: Object.values(groups), members };
}

/** Probes come to the balancer's own address, as its clients do. */
function createCheck(scope: Scope, what: "api" | "ingress"): RegionHealthCheck {
  const { name, plan, gcp } = scope;
  // The check is made over TLS without verifying it. /readyz answers anybody as long as the API server takes anonymous requests.
  const readyz = what === "api" && plan.cluster.variables.kube_api_anonymous_auth !== false;
  return new RegionHealthCheck(
    `${name}-${what}-check`,
    {
      ...named(scope, what),
      description: described(scope, what),
      region: gcp.region,
      checkIntervalSec: 10,
      timeoutSec: 6,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
      ...(readyz
        ? { httpsHealthCheck: { port: plan.apiEndpoint.port, requestPath: "/readyz" } }
        : { tcpHealthCheck: { port: what === "api" ? plan.apiEndpoint.port : 80 } }),
    },
    child(scope),
  );
}

/** A passthrough balancer: members get packets as the client sent them, and answer past it. */
function createBalancer(
  scope: Scope,
  network: Network,
  { what, internal, address: planned, ports }: BalancerPlan,
  groups: readonly InstanceGroup[],
  check: RegionHealthCheck,
): { readonly rule: ForwardingRule; readonly address: Output<string> } {
  const { name, gcp } = scope;
  const { region } = gcp;
  const scheme = { loadBalancingScheme: internal ? "INTERNAL" : "EXTERNAL", region } as const;
  const service = new RegionBackendService(
    `${name}-${what}-service`,
    {
      ...named(scope, what),
      description: described(scope, what),
      ...scheme,
      protocol: "TCP",
      ...(internal ? { network: network.networkId } : {}),
      healthChecks: check.id,
      backends: groups.map((group) => ({ group: group.selfLink, balancingMode: "CONNECTION" })),
      sessionAffinity: "NONE",
      connectionDrainingTimeoutSec: 60,
    },
    child(scope),
  );
  const address = (internal ? undefined : outsideAddress(scope, what === "api-public" ? "api" : "ingress")) ?? output(planned ?? "");
  const rule = new ForwardingRule(
    `${name}-${what}`,
    {
      ...named(scope, what),
      description: described(scope, what),
      ...scheme,
      ipProtocol: "TCP",
      ipAddress: address,
      ...(internal
        ? { network: network.networkId, subnetwork: network.subnetId, ports: ports.map(String) }
        : { networkTier: "PREMIUM", ports: ports.map(String) }),
      backendService: service.selfLink,
      labels: labels(scope),
    },
    child(scope),
  );
  return { rule, address };
}
