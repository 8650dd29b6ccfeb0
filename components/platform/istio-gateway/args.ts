import type { ServiceArgs } from "../args";
import type { CertificatePair } from "../certificates";
import type { IngressRoute, MeshHostClaim } from "../grants";

/** Arguments of {@link IstioGateway}. */
export interface IstioGatewayArgs extends ServiceArgs {
  /** How it is reached from outside itself. */
  readonly ingress: IngressRoute;
  /** What identities in the mesh begin with. */
  readonly trustDomain: string;
  /** The hosts that it leads in for, by the name of their Gateway, each with the namespace whose VirtualServices say where to. */
  readonly hosts?: Readonly<Record<string, MeshHostClaim & { readonly namespace: string }>>;
  /** What signs the certificates that it shows the ingress. @default an authority of its own */
  readonly authority?: CertificatePair;
}
