import { type IngressKind, otherIngress } from "../../../model/plan/ingress";
import type { PlannedArgs } from "../args";
import type { Given } from "../define-service";
import type { LoadBalancerAccess } from "../grants";
import { PLATFORM_ISSUER } from "../issuer";
import type { IngressArgs } from "./args";

/** How its Service is given its address. Through a cloud's balancer pods come by the addresses of their machines. */
function ledBy({ kind, annotations, outside, outsideAddress }: LoadBalancerAccess, machineCidr: string) {
  return {
    loadBalancer: kind,
    ...(annotations && { annotations, machineCidr }),
    ...(outside && { outside }),
    ...(outsideAddress && { outsideAddress }),
  };
}

/** What a controller of a kind is made with in an environment. */
export function ingressArgs(
  kind: IngressKind,
  { common, granted, environment, ingressPublicAddress: publicAddress, tls }: Given<Record<never, never>, "loadBalancer", "ingress">,
): PlannedArgs<IngressArgs> {
  const { platform, access, network, services } = environment;
  const { ingress } = platform;
  const other = otherIngress(common.plan.name, services)?.namespace;
  return {
    ...common,
    className: ingress.className,
    address: ingress.address,
    ...(ingress.kind === kind ? {} : { beside: true }),
    ...(other === undefined ? {} : { other }),
    ...(ingress.nodePorts ? { nodePorts: ingress.nodePorts } : ledBy(granted.loadBalancer, network.cidr)),
    ...(ingress.passedOn && publicAddress !== undefined ? { publicAddress } : {}),
    sourceRanges: access.ingressCidrs,
    podCidr: network.podCidr,
    ...(tls ? { defaultCertificate: tls.server } : {}),
    // With acme each host has a certificate of its own; else the wildcard serves all.
    ...(platform.tls.kind === "acme" ? { clusterIssuer: PLATFORM_ISSUER } : {}),
  };
}
