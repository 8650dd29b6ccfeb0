import { Eip } from "@pulumi/aws/ec2/eip";
import { EipAssociation } from "@pulumi/aws/ec2/eipAssociation";
import { Listener } from "@pulumi/aws/lb/listener";
import { LoadBalancer } from "@pulumi/aws/lb/loadBalancer";
import { TargetGroup } from "@pulumi/aws/lb/targetGroup";
import { TargetGroupAttachment } from "@pulumi/aws/lb/targetGroupAttachment";
import { type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import type { Machine } from "./machines";
import { awsLimits, awsName } from "./names";
import { idOf, type Network, type SecurityGroups } from "./network";
import { type BalancerPlan, balancersOf, cloudAddress, lies, subnetsOf } from "./plan";
import { child, type Scope, tags } from "./scope";

/** Where the environment is reached from outside its network. */
export interface Endpoints {
  readonly bastion?: Output<string>;
  readonly api?: Output<string>;
  readonly ingress?: Output<string>;
  /** Nothing else that was made for them comes after these. */
  readonly last: readonly Resource[];
}

/** The bastion's address, and the balancers of API and ingress. */
export function createEndpoints(
  scope: Scope,
  network: Network,
  security: SecurityGroups,
  machines: Readonly<Record<string, Machine>>,
): Endpoints {
  const last: Resource[] = [];
  const bastion = createBastionAddress(scope, network, machines, last);
  const names: Partial<Record<BalancerPlan["what"], Output<string>>> = {};
  for (const balancer of balancersOf(scope.plan)) {
    const made = createBalancer(scope, network, security, balancer, machines);
    names[balancer.what] = balancer.address === undefined ? made.balancer.dnsName : output(balancer.address);
    last.push(...made.last);
  }
  const { "api-public": api, "ingress-public": ingress } = names;
  return { ...(bastion && { bastion }), ...(api && { api }), ...(ingress && { ingress }), last };
}

/** An address apart from its association, so that it stays when the bastion is built anew. One made beforehand is only used. */
function createBastionAddress(
  scope: Scope,
  network: Network,
  machines: Readonly<Record<string, Machine>>,
  last: Resource[],
): Output<string> | undefined {
  const { name, plan, survey } = scope;
  const machine = Object.values(machines).find((each) => each.plan.roles.includes("bastion"));
  const { bastion: floating } = plan.network.floating;
  if (floating === undefined || machine === undefined) return undefined;
  const dependsOn = [...(network.gateway[machine.plan.zone ?? ""] ?? [])];
  const made =
    floating.address === undefined
      ? new Eip(
          `${name}-floating-ip-bastion`,
          { domain: "vpc", tags: tags(scope, "bastion") },
          child(scope, { dependsOn, retainOnDelete: plan.retain.includes("addresses") }),
        )
      : undefined;
  last.push(
    new EipAssociation(
      `${name}-floating-ip-associate-bastion`,
      { instanceId: machine.instance.id, allocationId: made?.id ?? survey.allocation(floating.address ?? "") },
      // A machine has one address from outside: where another one is named, or made, the old one leaves first.
      child(scope, { dependsOn, deleteBeforeReplace: true }),
    ),
  );
  return made?.publicIp ?? output(floating.address ?? "");
}

/** A balancer in every zone, with a listener and a group of targets for each port. */
function createBalancer(
  scope: Scope,
  network: Network,
  security: SecurityGroups,
  plan: BalancerPlan,
  machines: Readonly<Record<string, Machine>>,
): { readonly balancer: LoadBalancer; readonly last: readonly Resource[] } {
  const { name } = scope;
  const { what } = plan;
  const met = Object.values(machines).flatMap(({ plan: { roles }, instance }) => (roles.includes("bastion") ? [instance] : []));
  const balancer = new LoadBalancer(
    `${name}-${what}`,
    {
      name: awsName(scope.plan, awsLimits.balancer, what),
      loadBalancerType: "network",
      internal: plan.internal,
      ipAddressType: "ipv4",
      // From the start: one that was made without can never have any.
      securityGroups: [idOf(security.groups, "load-balancer")],
      subnetMappings: mappings(scope, network, plan),
      // Each zone's address leads to the targets of all zones: the loss of a zone's targets stops nobody who comes in there.
      enableCrossZoneLoadBalancing: true,
      tags: tags(scope, what),
    },
    // AWS chooses its addresses in the outer subnets, where the bastion has a planned one.
    child(scope, { dependsOn: plan.internal ? [] : [...Object.values(network.gateway).flat(), ...met] }),
  );
  const targets = Object.values(machines).filter((machine) => machine.plan.roles.includes(plan.targets));
  const last = plan.ports.flatMap(({ name: port, port: listens, target }) => {
    // A balancer of one port has it in its own name.
    const own = plan.ports.length === 1 ? what : `${what}-${port}`;
    const group = createTargets(scope, network, plan, own, target);
    const listener = new Listener(
      `${name}-${own}-listener`,
      {
        loadBalancerArn: balancer.arn,
        port: listens,
        protocol: "TCP",
        // The default of 350 s would cut every idle watch, `kubectl logs -f` and `exec`.
        tcpIdleTimeoutSeconds: 3600,
        defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
        tags: tags(scope, own),
      },
      child(scope),
    );
    const members = targets.map(
      (machine) =>
        new TargetGroupAttachment(
          `${name}-${own}-member-${machine.plan.name}`,
          { targetGroupArn: group.arn, targetId: machine.plan.address, port: target },
          // It is one by its address, which nothing has before the machine does; it goes with its group.
          child(scope, { dependsOn: [machine.instance], deletedWith: group }),
        ),
    );
    return [listener, ...members];
  });
  return { balancer, last };
}

/**
 * Targets by their planned address: a member is known at the preview, and a machine that is built anew is another one. A member that is client
 * too would be answered past the balancer if that kept its address, so inside the network it does not; from outside it does, for the ingress's logs.
 */
function createTargets(scope: Scope, network: Network, { what, internal, targets }: BalancerPlan, own: string, port: number): TargetGroup {
  const toApi = targets === "control-plane";
  // The check is made over TLS without verifying it. /readyz answers anybody as long as the API server takes anonymous requests.
  const readyz = toApi && scope.plan.cluster.variables.kube_api_anonymous_auth !== false;
  return new TargetGroup(
    `${scope.name}-${own}-targets`,
    {
      name: awsName(scope.plan, awsLimits.balancer, own),
      vpcId: network.vpcId,
      targetType: "ip",
      protocol: "TCP",
      port,
      preserveClientIp: String(!internal && what === "ingress-public"),
      deregistrationDelay: 60,
      healthCheck: {
        port: String(port),
        ...(readyz ? { protocol: "HTTPS", path: "/readyz", matcher: "200" } : { protocol: "TCP" }),
        interval: 10,
        timeout: 6,
        healthyThreshold: 3,
        unhealthyThreshold: 3,
      },
      tags: tags(scope, own),
    },
    child(scope),
  );
}

/**
 * Where a balancer stands: in every zone, or in the first alone where an address that was made beforehand is to be its own. Inside the network its
 * addresses are planned: one that AWS chose could be that of a machine to come.
 */
function mappings(
  scope: Scope,
  network: Network,
  { what, internal, address }: BalancerPlan,
): { subnetId: Input<string>; privateIpv4Address?: string; allocationId?: Input<string> }[] {
  const { plan, survey } = scope;
  const subnets = subnetsOf(plan, !internal).flatMap(({ zone, ...subnet }) => {
    const id = (internal ? network.inner : network.outer)[zone];
    return id === undefined ? [] : [{ id, subnet }];
  });
  if (!internal) {
    const within = address === undefined ? subnets : subnets.slice(0, 1);
    return within.map(({ id }) => ({ subnetId: id, ...(address === undefined ? {} : { allocationId: survey.allocation(address) }) }));
  }
  const own = what === "api" ? plan.apiEndpoint.address : plan.platform.ingress.address;
  return subnets.map(({ id, subnet }) => ({
    subnetId: id,
    privateIpv4Address: lies(own, subnet.cidr) ? own : cloudAddress(subnet.cloudRange, what === "api" ? 0 : 1),
  }));
}
