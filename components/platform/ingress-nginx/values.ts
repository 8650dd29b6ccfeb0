import type { PlannedArgs } from "../args";
import { imageOf, imageParts, spreadOverNodes } from "../objects";
import type { Values } from "../values";
import type { IngressNginxArgs } from "./args";

/** Labels the chart gives the controller's pods. */
export const CONTROLLER_LABELS = {
  "app.kubernetes.io/name": "ingress-nginx",
  "app.kubernetes.io/instance": "ingress-nginx",
  "app.kubernetes.io/component": "controller",
} as const;

/** Name of the Secret with the default certificate. */
export const DEFAULT_CERTIFICATE = "platform-tls";

/** Values of the ingress-nginx chart. */
export function ingressNginxValues(
  args: Omit<PlannedArgs<IngressNginxArgs>, "defaultCertificate">,
  hasDefaultCertificate: boolean,
): Values {
  const { plan, className, address } = args;
  return {
    controller: {
      image: chartImage(imageOf(plan, "controller")),
      replicaCount: plan.replicas,
      resources: plan.resources ?? {},
      ingressClass: className,
      ingressClassResource: { name: className, default: true },
      ...(plan.replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(CONTROLLER_LABELS) } : {}),
      // Snippets would let whoever may write an Ingress read every certificate of the controller.
      allowSnippetAnnotations: false,
      ...(hasDefaultCertificate ? { extraArgs: { "default-ssl-certificate": `${plan.namespace}/${DEFAULT_CERTIFICATE}` } } : {}),
      service: {
        ...(args.nodePorts ? behindBalancer(args.nodePorts, address, args.publicAddress) : balanced(args)),
        // Keeps the client's address for logs and for rules by address.
        externalTrafficPolicy: "Local",
        // MetalLB leads packets to the address itself; a cloud's balancer may need the ports on the nodes.
        ...(args.loadBalancer === "metallb" ? { allocateLoadBalancerNodePorts: false } : {}),
      },
      admissionWebhooks: { enabled: true, patch: { enabled: true, image: chartImage(imageOf(plan, "certgen")) } },
    },
  };
}

type Balanced = Pick<IngressNginxArgs, "loadBalancer" | "address" | "annotations" | "sourceRanges" | "podCidr" | "machineCidr">;

/** A Service that is given its address. */
function balanced(args: Balanced): Values {
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
function behindBalancer(
  nodePorts: NonNullable<IngressNginxArgs["nodePorts"]>,
  address: string,
  outside: IngressNginxArgs["publicAddress"],
): Values {
  return { type: "NodePort", nodePorts: { ...nodePorts }, externalIPs: [address, ...(outside === undefined ? [] : [outside])] };
}

/** Who may reach the Service: what is allowed from outside, and the pods, by their own addresses or their machines'. */
export function sourceRanges({
  sourceRanges: allowed,
  podCidr,
  machineCidr,
}: Pick<IngressNginxArgs, "sourceRanges" | "podCidr" | "machineCidr">): string[] {
  return [...new Set([...allowed, podCidr, ...(machineCidr === undefined ? [] : [machineCidr])])];
}

function chartImage(image: string): Values {
  const { registry, path, tag, digest } = imageParts(image);
  // The chart pins its own digests; an empty one says that the reference given here decides.
  return { registry, image: path, tag, digest };
}
