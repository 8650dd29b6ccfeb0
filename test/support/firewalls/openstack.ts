import { list } from "../../../model/data";
import type { Graph } from "../../../testing/graph";
import { type Endpoint, type Firewall, numberOf, type ReadRule } from "../reachability";
import { ofType } from "../shapes/shape";

/** Reads security groups of neutron's. The balancer is the cloud's own, in no group: what dials for it has some address of the subnet. */
export function openstackFirewall(
  g: Graph,
  { balancer, dialsFrom }: { readonly balancer?: string; readonly dialsFrom?: string } = {},
): Firewall {
  const ports = new Map(ofType(g, ":Port").map(({ name, inputs }) => [`${name}-id`, inputs]));
  const machines = ofType(g, ":Instance").map(({ name, inputs }): Endpoint => {
    const port = ports.get(String((list(inputs.networks)[0] as Record<string, unknown>).port)) ?? {};
    return {
      name: name.replace(/^.*-machine-/, ""),
      groups: list(port.securityGroupIds).map(String),
      addresses: list(port.fixedIps).map((each) => String((each as Record<string, unknown>).ipAddress)),
    };
  });
  const own =
    balancer === undefined
      ? []
      : [{ name: "load-balancer", groups: ["the cloud's own"], addresses: [balancer, ...(dialsFrom ? [dialsFrom] : [])] }];
  const rules = ofType(g, ":SecGroupRule").map(({ inputs }): ReadRule => {
    const { direction, protocol, portRangeMin: min, portRangeMax: max, remoteGroupId, remoteIpPrefix, securityGroupId } = inputs;
    return {
      group: String(securityGroupId),
      direction: direction === "ingress" ? "in" : "out",
      protocol: numberOf(protocol),
      ports: typeof min === "number" && typeof max === "number" ? [min, max] : undefined,
      peer: remoteGroupId === undefined ? { prefix: String(remoteIpPrefix) } : { group: String(remoteGroupId) },
    };
  });
  const free = (["in", "out"] as const).map(
    (direction): ReadRule => ({
      group: "the cloud's own",
      direction,
      protocol: undefined,
      ports: undefined,
      peer: { prefix: "0.0.0.0/0" },
    }),
  );
  return { endpoints: [...machines, ...own], rules: [...rules, ...(balancer === undefined ? [] : free)] };
}
