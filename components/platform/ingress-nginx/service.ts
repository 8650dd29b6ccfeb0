import { defineService } from "../define-service";
import type { LoadBalancerAccess } from "../grants";
import { PLATFORM_ISSUER } from "../issuer";

/** How its Service is given its address. Through a cloud's balancer pods come by the addresses of their machines. */
function ledBy({ kind, annotations, outside, outsideAddress }: LoadBalancerAccess, machineCidr: string) {
  return {
    loadBalancer: kind,
    ...(annotations && { annotations, machineCidr }),
    ...(outside && { outside }),
    ...(outsideAddress && { outsideAddress }),
  };
}

export const ingress = defineService({
  name: "ingress",
  title: "ingress-nginx",
  about: "leads HTTP and HTTPS to the services, at one address",
  when: () => true,
  field: "platform.ingress",
  replicas: "profile",
  needs: { loadBalancer: () => ({}) },
  offers: ["ingress"],
  kubespray: ["ingress_nginx_*", "ingress_publish_*"],
  create: (name, { common, granted, environment, ingressPublicAddress: publicAddress, tls }, opts) => {
    const { IngressNginx } = require("./ingress-nginx") as typeof import("./ingress-nginx");
    const { platform, access, network } = environment;
    return new IngressNginx(
      name,
      {
        ...common,
        className: platform.ingress.className,
        address: platform.ingress.address,
        ...(platform.ingress.nodePorts ? { nodePorts: platform.ingress.nodePorts } : ledBy(granted.loadBalancer, network.cidr)),
        ...(platform.ingress.passedOn && publicAddress !== undefined ? { publicAddress } : {}),
        sourceRanges: access.ingressCidrs,
        podCidr: network.podCidr,
        ...(tls ? { defaultCertificate: tls.server } : {}),
        // With acme each host has a certificate of its own; else the wildcard serves all.
        ...(platform.tls.kind === "acme" ? { clusterIssuer: PLATFORM_ISSUER } : {}),
      },
      opts,
    );
  },
  grants: { ingress: ({ route }) => route },
});
