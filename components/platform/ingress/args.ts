import type { Input } from "@pulumi/pulumi";
import type { ServiceArgs } from "../args";

/** Arguments of an ingress controller, whichever it is. */
export interface IngressArgs extends ServiceArgs {
  /** The ingress class, made the cluster's default by whoever has the address. */
  readonly className: string;
  /** The planned address of the controller's Service. Changing it moves every host name of the platform. */
  readonly address: string;
  /** Who gives the address: MetalLB takes it from an annotation, a cloud from the Service's own field. */
  readonly loadBalancer?: "metallb" | "cloud";
  /** What the Service says to whoever makes its balancer. @default nothing */
  readonly annotations?: Input<Readonly<Record<string, string>>>;
  /** What a second Service says that is met from outside, for who may come from there. @default there is one Service */
  readonly outside?: Input<Readonly<Record<string, string>>>;
  /** The address that this second Service asks for. @default what it says names it */
  readonly outsideAddress?: Input<string>;
  /** In its place: the ports on every node that a balancer outside the cluster leads to. It has the planned address. @default none */
  readonly nodePorts?: { readonly http: number; readonly https: number };
  /** Beside `nodePorts`: the balancer's address outside, which nodes answer for too where it hands packets on as they came. @default none */
  readonly publicAddress?: Input<string>;
  /**
   * Who may reach ports 80 and 443. The pods' own addresses are among them in any case (`podCidr`), since the portal
   * reaches Keycloak by its public name.
   */
  readonly sourceRanges: readonly string[];
  /** Set where another controller has the address: this one then is reached inside the cluster only. @default it has the address */
  readonly beside?: true;
  /** The namespace of the other one, where one runs beside this one: whoever may be reached by the one may be by the other. @default none */
  readonly other?: string;
  /** Addresses of the machines, where pods reach a balancer by them. @default they reach the address itself */
  readonly machineCidr?: string;
  /** Addresses of the pods. */
  readonly podCidr: string;
  /** The wildcard certificate served where a host has none of its own; undefined where each host gets its own. PEM; the key is secret. */
  readonly defaultCertificate?: { readonly certificate: Input<string>; readonly key: Input<string> };
  /** The cluster issuer that each host's own certificate comes from. @default the default certificate serves all */
  readonly clusterIssuer?: string;
}
