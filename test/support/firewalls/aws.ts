import { list } from "../../../model/data";
import type { Graph } from "../../../testing/graph";
import { type Endpoint, type Firewall, numberOf, type ReadRule } from "../reachability";
import { ofType } from "../shapes/shape";

/** Reads security groups of EC2's. A balancer is an end of its own, with the groups and addresses that it was made with. */
export function awsFirewall(g: Graph): Firewall {
  const machines = ofType(g, "instance:Instance").map(
    ({ name, inputs }): Endpoint => ({
      name: name.replace(/^.*-machine-/, ""),
      groups: list(inputs.vpcSecurityGroupIds).map(String),
      addresses: [String(inputs.privateIp)],
    }),
  );
  const balancers = ofType(g, ":LoadBalancer");
  const groups = [...new Set(balancers.flatMap(({ inputs }) => list(inputs.securityGroups).map(String)))];
  const addresses = balancers.flatMap(({ inputs }) =>
    list(inputs.subnetMappings).flatMap((each) => {
      const { privateIpv4Address: address } = each as Record<string, unknown>;
      return typeof address === "string" ? [address] : [];
    }),
  );
  const rules = [...ofType(g, ":SecurityGroupIngressRule"), ...ofType(g, ":SecurityGroupEgressRule")].map(({ type, inputs }): ReadRule => {
    const { ipProtocol, fromPort, toPort, referencedSecurityGroupId, cidrIpv4, cidrIpv6, securityGroupId } = inputs;
    const protocol = numberOf(ipProtocol);
    const ported = protocol === 6 || protocol === 17;
    return {
      group: String(securityGroupId),
      direction: type.includes("Ingress") ? "in" : "out",
      protocol,
      ports: ported && typeof fromPort === "number" && typeof toPort === "number" ? [fromPort, toPort] : undefined,
      peer:
        referencedSecurityGroupId === undefined ? { prefix: String(cidrIpv4 ?? cidrIpv6) } : { group: String(referencedSecurityGroupId) },
    };
  });
  const own = groups.length === 0 ? [] : [{ name: "load-balancer", groups, addresses }];
  return { endpoints: [...machines, ...own], rules };
}
