import type { ServiceArgs } from "../args";
import type { CertificatePair } from "../certificates";
import type { Claimant } from "../define-service";
import type { IngressRoute, LogsAccess, RealmAccess, ScrapeClaim, TrustAccess } from "../grants";

/**
 * Whom alerts are told. What is secret of it is read from a Secret of the service's namespace, made by hand: the field `url` of a webhook or of
 * Slack, the field `password` of a mail server.
 */
export type Receiver =
  | { readonly kind: "webhook"; readonly secret: string }
  | { readonly kind: "slack"; readonly channel: string; readonly secret: string }
  | {
      readonly kind: "email";
      readonly to: string;
      readonly from: string;
      /** `HOST:PORT`. The connection goes over to TLS before anything is said. */
      readonly server: string;
      readonly user?: string;
      /** Where the server wants a log-in. */
      readonly secret?: string;
    };

/** Arguments of {@link Monitoring}. */
export interface MonitoringArgs extends ServiceArgs {
  readonly ingress: IngressRoute;
  /** The realm that logs its users in, by a client of Grafana's own. */
  readonly realm: RealmAccess;
  /** Whom Grafana trusts at the realm's host. @default public authorities */
  readonly trust?: TrustAccess["certificates"];
  /** Storage class of the measurements' volumes. */
  readonly storageClass: string;
  /** The cluster's own networks, of pods and of services: Alertmanager, which calls outside, gets no way to them by that. @default it gets one */
  readonly networks?: readonly string[];
  /** True: the volumes are protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves the volumes, and the namespace they are in. */
  readonly retainData: boolean;
  /**
   * How the kubelets' serving certificates were made. `clusterSigned` (kubespray's `kubelet_rotate_server_certificates`): they are verified against
   * the cluster's authority. `selfSigned` (kubespray's default): nothing vouches for them, so the connection is encrypted only.
   */
  readonly kubeletCertificates: "clusterSigned" | "selfSigned";
  /** How long measurements are kept, as far as they fit the volume. @default 15d */
  readonly retention?: string;
  /** @default nobody is told: alerts are seen in Grafana */
  readonly receiver?: Receiver;
  /** What services claim to have measured, by service. @default nothing but Kubernetes and its own parts */
  readonly scraped?: Readonly<Record<string, ScrapeClaim & Claimant>>;
  /** The namespaces whose pods are in the mesh. @default none */
  readonly meshed?: readonly string[];
  /** The services that are there, by the field of the file: what alerts and dashboards there are of. @default only of the cluster and its own parts */
  readonly watched?: readonly string[];
  /** Where logs are asked for, which Grafana shows beside what was measured. @default it shows none */
  readonly logs?: LogsAccess;
  /** What signs the certificates of its parts. @default an authority of its own */
  readonly authority?: CertificatePair;
}
