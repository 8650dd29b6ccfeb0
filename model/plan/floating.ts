import type { Environment } from "../environment/types";
import { contains, parseCidr } from "../ipv4";
import type { Finding } from "../problems";
import type { FloatingPlan, NetworkPlan } from "./infrastructure-types";

/** Whether anybody outside the machines' network may reach what these ranges may reach. */
export function reachesBeyond(cidrs: readonly string[], network: string): boolean {
  const nodes = parseCidr(network);
  return cidrs.some((cidr) => {
    const block = parseCidr(cidr);
    return nodes === undefined || block === undefined || !contains(nodes, block.first) || !contains(nodes, block.last);
  });
}

/** What is reached from outside has a floating address: one made beforehand, or one to make. Nobody reaches in where nobody may. */
export function planFloating({ access, network }: Environment): NetworkPlan["floating"] {
  if (network.floating === "none") return {};
  const { floating = {} } = network;
  const plan = (address: string | undefined): FloatingPlan => (address === undefined ? {} : { address });
  return {
    ...(access.bastion && { bastion: plan(floating.bastion) }),
    ...(access.adminCidrs.length > 0 && { api: plan(floating.api) }),
    ...(reachesBeyond(access.ingressCidrs, network.cidr) && { ingress: plan(floating.ingress) }),
  };
}

/** A domain made of the ingress's private address leads nobody in from outside, and the address outside is made later than the plan. */
export function privateUrls({ platform }: Environment, { ingress }: NetworkPlan["floating"], domain: string): Finding[] {
  if (platform.domain !== undefined || ingress === undefined || ingress.address !== undefined) return [];
  // With ACME it is an error, which says the same.
  if (platform.tls.kind === "acme") return [];
  return [
    {
      path: "platform.domain",
      reason: `the URLs end in ${domain}, the ingress's address inside the network: whoever comes from outside cannot open them`,
      remedy:
        "give a domain and have it lead to the ingress's floating address, which `up` shows, or name one made beforehand at infrastructure.network.floating.ingress",
      severity: "warning",
    },
  ];
}
