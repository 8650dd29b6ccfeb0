/** What ingress controllers there are. */
export const INGRESS_KINDS = ["nginx", "traefik"] as const;

/** An ingress controller. */
export type IngressKind = (typeof INGRESS_KINDS)[number];

/** What people call each. */
export const INGRESS_TITLES: Readonly<Record<IngressKind, string>> = { nginx: "ingress-nginx", traefik: "Traefik" };

/** The other of two controllers, where both are planned. */
export function otherIngress<S extends { readonly name: string; readonly offers?: readonly string[]; readonly spares?: readonly string[] }>(
  name: string,
  services: readonly S[],
): S | undefined {
  return services.find((each) => each.name !== name && [...(each.offers ?? []), ...(each.spares ?? [])].includes("ingress"));
}
