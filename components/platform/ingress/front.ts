import type { Input } from "@pulumi/pulumi";
import type { IngressArgs } from "./args";

/** What decides how a controller's Service is met. */
export type FrontArgs = Pick<
  IngressArgs,
  "address" | "annotations" | "beside" | "loadBalancer" | "machineCidr" | "nodePorts" | "podCidr" | "publicAddress" | "sourceRanges"
>;

/** A controller's Service, in the fields that Kubernetes has for it. */
export interface Front {
  readonly type: "ClusterIP" | "LoadBalancer" | "NodePort";
  readonly annotations?: Input<Readonly<Record<string, string>>>;
  readonly loadBalancerIP?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly nodePorts?: { readonly http: number; readonly https: number };
  readonly externalIPs?: readonly Input<string>[];
  readonly externalTrafficPolicy?: "Local";
  readonly allocateLoadBalancerNodePorts?: false;
}

/** How a controller's Service is met: from inside only, where another one has the address. */
export function front(args: FrontArgs): Front {
  if (args.beside) return { type: "ClusterIP" };
  return {
    ...(args.nodePorts ? behindBalancer(args.nodePorts, args.address, args.publicAddress) : balanced(args)),
    // Keeps the client's address for logs and for rules by address.
    externalTrafficPolicy: "Local",
    // MetalLB leads packets to the address itself; a cloud's balancer may need the ports on the nodes.
    ...(args.loadBalancer === "metallb" ? { allocateLoadBalancerNodePorts: false } : {}),
  };
}

/** A Service that is given its address. */
function balanced(args: FrontArgs): Front {
  const { loadBalancer, address, annotations } = args;
  return {
    type: "LoadBalancer",
    ...(loadBalancer === "metallb"
      ? { annotations: { "metallb.io/loadBalancerIPs": address } }
      : { loadBalancerIP: address, ...(annotations && { annotations }) }),
    loadBalancerSourceRanges: sourceRanges(args),
  };
}

/**
 * A Service at ports of every node, which a balancer that is no matter of Kubernetes leads to. Nodes lead its address to the controller
 * themselves: pods reach the platform's own names without leaving the cluster, whether or not the balancer's zone stands.
 */
function behindBalancer(nodePorts: NonNullable<IngressArgs["nodePorts"]>, address: string, outside: IngressArgs["publicAddress"]): Front {
  return { type: "NodePort", nodePorts: { ...nodePorts }, externalIPs: [address, ...(outside === undefined ? [] : [outside])] };
}

/** Who may reach the Service: what is allowed from outside, and the pods, by their own addresses or their machines'. */
export function sourceRanges({
  sourceRanges: allowed,
  podCidr,
  machineCidr,
}: Pick<IngressArgs, "sourceRanges" | "podCidr" | "machineCidr">): string[] {
  return [...new Set([...allowed, podCidr, ...(machineCidr === undefined ? [] : [machineCidr])])];
}
