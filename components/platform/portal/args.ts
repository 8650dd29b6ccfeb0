import type { Input } from "@pulumi/pulumi";
import type { ServiceArgs } from "../args";
import type { ChartRepositoryAccess, ClustersAccess, DatabaseAccess, IngressRoute, MessagesAccess, RealmAccess } from "../grants";

/** OpenBao as the portal's applications log in to it. */
export interface VaultAccess {
  readonly url: string;
  /** What signed its certificate. PEM. */
  readonly ca: Input<string>;
  readonly roleName: string;
  /** Secret. */
  readonly roleId: Input<string>;
  /** Secret. */
  readonly secretId: Input<string>;
  /** How the token of the portal's own cluster is kept there. @default nobody keeps one, and the portal has no cluster until one is registered */
  readonly writer?: TokenWriter;
}

/** Who keeps the token of the portal's own cluster in OpenBao. */
export interface TokenWriter {
  /** The role that the account `cp-portal-cluster` logs in to. */
  readonly role: string;
  /** What its tokens must be meant for. */
  readonly audience: string;
  /** By which the portal's tables name the cluster. */
  readonly clusterId: string;
}

/** A Karmada that runs in the portal's own cluster, as K-PaaS's scripts set it up, in `karmada-system`. */
export interface FederationAccess {
  /** Of its API, by a token: the context `karmada-apiserver`. Secret. */
  readonly kubeconfig: Input<string>;
  /** By which the portal's tables name its own cluster. */
  readonly clusterId: string;
  /** NATS, through which the collector hands on what it has measured. */
  readonly messages: MessagesAccess;
}

/** Where Terraman works: a machine with OpenTofu, K-PaaS's installer and a kubectl that reaches the portal's pods. */
export interface TerramanAccess {
  readonly host: string;
  /** The private key of `ubuntu` there. Secret. */
  readonly privateKey: Input<string>;
}

/** Arguments of {@link Portal}. */
export interface PortalArgs extends ServiceArgs {
  readonly ingress: IngressRoute;
  /** The portal's schema, whose tables are there; the account `metric` beside its owner's is let in without TLS. */
  readonly database: DatabaseAccess;
  /** Karmada. Without it, or without OpenBao, there is no federation. */
  readonly federation?: FederationAccess;
  /** Where K-PaaS's Terraman works. Without it, or without OpenBao, it is not there. The account `terraman` beside the schema's owner's is its. */
  readonly terraman?: TerramanAccess;
  /** Who makes clusters in the place of K-PaaS's Terraman. @default `terraman`, or nobody */
  readonly clusters?: ClustersAccess;
  /** Whether the tools that move what is in object storage are there. @default false */
  readonly migration?: boolean;
  /** Name of Keycloak's schema, in which the portal reads the realm's users. */
  readonly keycloakSchema: Input<string>;
  readonly realm: RealmAccess;
  /** Host of Keycloak; pods reach it at the ingress's own address. */
  readonly keycloakHost: string;
  /** What clients in the cluster must trust besides the public authorities. PEM; undefined where those suffice. */
  readonly trust?: Input<string>;
  readonly storageClass: string;
  /** OpenBao. Without it the applications that keep their clusters' tokens there are left out. */
  readonly vault?: VaultAccess;
  /** ChartMuseum. Without it there is no catalogue. */
  readonly charts?: ChartRepositoryAccess;
  /** URL of Chaos Mesh's dashboard. Without it there are no chaos experiments. */
  readonly chaosDashboardUrl?: string;
  /** URL of the private image registry shown in the portal. */
  readonly registryUrl?: string;
}
