import type { Input, Output } from "@pulumi/pulumi";
import type { CloudPartName, CloudParts, Told } from "../../model/cloud-parts";
import type { DatabaseAccess, DatabaseClaim, OwnedClaim, PostgresAccess, TableAccount, TableColumns } from "./database-grants";
import type { MeshAccess, MeshClaim, MeshHostAccess, MeshHostClaim } from "./mesh-grants";
import type { ScrapeClaim } from "./scrape-grants";

export type * from "./database-grants";
export type * from "./mesh-grants";
export type * from "./scrape-grants";

/**
 * What services hand each other: by kind, what one claims and the access that whoever offers it grants for that. The one list: schemas,
 * accounts, clients, traffic and the order in which services come up follow from the claims.
 */
export interface Grants {
  readonly cloud: { readonly claim: CloudClaim; readonly access: CloudAccess };
  readonly loadBalancer: { readonly claim: Nothing; readonly access: LoadBalancerAccess };
  readonly storage: { readonly claim: Nothing; readonly access: StorageAccess };
  readonly issuer: { readonly claim: Nothing; readonly access: IssuerAccess };
  readonly trust: { readonly claim: TrustClaim; readonly access: TrustAccess };
  readonly ingress: { readonly claim: HostClaim; readonly access: IngressRoute };
  readonly mysql: { readonly claim: SchemaClaim; readonly access: DatabaseAccess };
  readonly mysqlOperator: { readonly claim: Nothing; readonly access: MysqlOperatorAccess };
  readonly postgres: { readonly claim: DatabaseClaim; readonly access: PostgresAccess };
  readonly postgresOperator: { readonly claim: Nothing; readonly access: PostgresOperatorAccess };
  readonly identity: { readonly claim: LoginClaim; readonly access: RealmAccess };
  readonly tokens: { readonly claim: TokenClaim; readonly access: TokenAccess };
  readonly secretEngine: { readonly claim: SecretEngineClaim; readonly access: SecretEngineAccess };
  readonly registryProject: { readonly claim: RegistryProjectClaim; readonly access: RegistryAccess };
  readonly charts: { readonly claim: Nothing; readonly access: ChartRepositoryAccess };
  readonly messages: { readonly claim: Nothing; readonly access: MessagesAccess };
  readonly logs: { readonly claim: Nothing; readonly access: LogsAccess };
  readonly chaos: { readonly claim: Nothing; readonly access: ChaosAccess };
  readonly clusters: { readonly claim: Nothing; readonly access: ClustersAccess };
  readonly scrape: { readonly claim: ScrapeClaim; readonly access: Nothing };
  readonly podMetrics: { readonly claim: Nothing; readonly access: Nothing };
  readonly gateways: { readonly claim: Nothing; readonly access: Nothing };
  readonly meshDefinitions: { readonly claim: Nothing; readonly access: Nothing };
  readonly meshNodes: { readonly claim: Nothing; readonly access: Nothing };
  readonly mesh: { readonly claim: MeshClaim; readonly access: MeshAccess };
  readonly meshHost: { readonly claim: MeshHostClaim; readonly access: MeshHostAccess };
}

/** A kind of claim. */
export type Kind = keyof Grants;

/** What is claimed of a kind. */
export type Claim<K extends Kind> = Grants[K]["claim"];

/** What is granted for a claim of a kind. */
export type Access<K extends Kind> = Grants[K]["access"];

/** Nothing needs to be said. */
export type Nothing = Readonly<Record<never, never>>;

/** To be what the environment's cloud has of a kind. */
export interface CloudClaim {
  readonly part: CloudPartName;
  /** Whether its pods may ask the cloud's metadata address, from which all others' are kept. */
  readonly metadata: boolean;
}

/** What the cloud has that runs in the cluster, and what its infrastructure tells that. */
export interface CloudAccess {
  readonly parts: CloudParts;
  /** Ids. */
  readonly told: Output<Told>;
  /** The same with what is secret. */
  readonly secrets: Output<Told>;
}

/** Who gives Services of type LoadBalancer their address: MetalLB takes it from an annotation, a cloud from the Service's own field. */
export interface LoadBalancerAccess {
  readonly kind: "metallb" | "cloud";
  /** What the Service says to whoever makes its balancer. @default nothing */
  readonly annotations?: Output<Readonly<Record<string, string>>>;
  /** What a second Service says that is met from outside the network. @default the one is met from both sides, or nobody comes from outside */
  readonly outside?: Output<Readonly<Record<string, string>>>;
  /** The address that this second Service asks for. @default what it says names it */
  readonly outsideAddress?: Output<string>;
}

/** Where volumes come from. */
export interface StorageAccess {
  /** Name of the storage class. */
  readonly className: string;
  /** Whether pods on several nodes can have one volume at once (`ReadWriteMany`). @default false */
  readonly shared?: boolean;
  /** Name of another class, for what writes much and alone. @default `className` */
  readonly block?: string;
}

/** Who issues certificates in the cluster. */
export interface IssuerAccess {
  /** Name of the cluster issuer; undefined where there is nothing to issue from. */
  readonly clusterIssuer: string | undefined;
}

/** To meet the platform's own names, and know whom one meets there. */
export interface TrustClaim {
  /** The host name by which nodes pull images of the one who claims: their runtimes are told whom to trust there. @default they pull none */
  readonly pulledFrom?: string;
}

/** Whom to trust at the platform's own names. */
export interface TrustAccess {
  /** Certificates of the authorities, beside the public ones. PEM, several one after the other; undefined where the public ones suffice. */
  readonly certificates?: Output<string>;
}

/** A name to be reached at from outside. */
export interface HostClaim {
  readonly host: string;
}

/** How a service is reached from outside: through the platform's ingress. */
export interface IngressRoute {
  /** Ingress class. */
  readonly className: Input<string>;
  /** Namespace of the ingress controller: the only one that may reach the service's pods from outside. */
  readonly namespace: Input<string>;
  /** The namespace of another controller that runs beside it, while the one takes the other's place: it may reach them too. @default none */
  readonly beside?: Input<string>;
  /** The address the ingress listens at. Pods are given it for the platform's host names, so that they depend on no outside DNS. */
  readonly address: Input<string>;
  /** The issuer of the host's own certificate; undefined: the controller's default certificate (the platform's wildcard) serves the host. */
  readonly clusterIssuer?: string;
}

/** A schema of a MariaDB. */
export interface SchemaClaim extends OwnedClaim {
  /** Letters, digits and `_`. Changing it makes a new, empty schema and leaves the old one. */
  readonly schema: string;
  /** What its account may select in the schema of whoever offers another kind. */
  readonly reads?: readonly (TableColumns & { readonly of: Kind })[];
  /** Whether its account is let in without TLS too: its program cannot speak it. @default false */
  readonly openly?: boolean;
  /** Accounts beside the one that owns the schema, by the end of their names: each for a program that needs some of its tables only. */
  readonly accounts?: Readonly<Record<string, TableAccount>>;
}

/** Who runs MariaDB on several members. */
export interface MysqlOperatorAccess {
  /** Where it is: it must reach the members. */
  readonly namespace: Input<string>;
  /** Its account there, which has no rights but those that are bound to it. */
  readonly account: string;
  /** Its image, which runs beside each member too. */
  readonly image: string;
}

/** Who runs PostgreSQL on several members. */
export interface PostgresOperatorAccess {
  /** Where it is: it must reach the members. */
  readonly namespace: Input<string>;
}

/** An application that logs its users in. */
export interface LoginClaim {
  /** Its base URL, without a trailing slash. */
  readonly url: string;
  /** Base URLs of programs of it that log users in by themselves, too. @default none */
  readonly also?: readonly string[];
  /** A client of its own, with a secret of its own. @default the one that K-PaaS's applications share */
  readonly client?: LoginClient;
}

/** A client of one application. */
export interface LoginClient {
  /** Its id in the realm. Changing it makes another one. */
  readonly id: string;
  /** Where its users are taken back to after the log-in, below its base URL. */
  readonly returnPath: string;
  /** Roles of the realm that it asks for. They are made with it, and given to users by people. @default none */
  readonly roles?: readonly string[];
}

/** What an application needs to log its users in. */
export interface RealmAccess {
  /** The server's base URL. */
  readonly url: string;
  readonly realm: string;
  /** The realm's id in the server's database. */
  readonly realmId: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Secret. */
  readonly clientSecret: Input<string>;
  /** The schema that the realm's users are in. */
  readonly schema?: Input<string>;
  /** The role that makes somebody an administrator of the applications. @default there is none */
  readonly administratorRole?: string;
  /** The first administrator of the applications. The password is secret. */
  readonly administrator?: { readonly user: string; readonly password: Output<string> };
}

/** An application that takes the realm's tokens, and has a page that logs its readers in where they are: in their browsers. */
export interface TokenClaim {
  /** What its tokens are meant for. Those that its page gets are. */
  readonly audience: string;
  /** Roles of the realm that it asks for. They are made with it, and given to users by people. */
  readonly roles: readonly string[];
  /** The client by which its page logs in, which has no secret: what runs in a browser keeps none. Another id makes another one. */
  readonly page: { readonly id: string /** Its URL, without a trailing slash. */; readonly url: string };
}

/** What it needs to take tokens. */
export interface TokenAccess {
  /** The server's base URL. */
  readonly url: string;
  readonly issuer: string;
}

/** What may be done with secrets. */
export type SecretCapability = "create" | "read" | "update" | "delete" | "list";

/** To keep secrets, or read what others keep. */
export interface SecretEngineClaim {
  /** What may be done, by path below the engine's mount: `cluster/*` is whatever begins so, `+` stands for one part. */
  readonly paths: Readonly<Record<string, readonly SecretCapability[]>>;
  /** By whom: accounts of its namespace, with their own short-lived tokens; or whoever of its pods has a role id and a secret id. */
  readonly login: { readonly kind: "kubernetes"; readonly serviceAccounts: readonly string[] } | { readonly kind: "appRole" };
  /** Accounts of its namespace that log in by themselves and may do something else, by the end of their roles' names. @default none */
  readonly accounts?: Readonly<Record<string, SecretAccount>>;
}

/** An account that logs in with its own short-lived tokens. */
export interface SecretAccount {
  readonly serviceAccount: string;
  readonly paths: Readonly<Record<string, readonly SecretCapability[]>>;
}

/** How a service comes to its secrets. */
export interface SecretEngineAccess {
  /** The server's base URL, inside the cluster. */
  readonly url: string;
  /** What signed its certificate. PEM. */
  readonly ca: Output<string>;
  /** Where the engine is mounted; it is the key-value engine, version 2. */
  readonly mount: string;
  /** The role to log in with, which has the name of the service that claims it. */
  readonly role: string;
  /**
   * `kubernetes`: at `auth/kubernetes`, with a token for the audience. `appRole`: at `auth/approle`, from the pod network only. A secret id lasts a
   * year, and is made anew by the last `up` in its last month: whoever has it must read it again then.
   */
  readonly login:
    | { readonly kind: "kubernetes"; readonly audience: string }
    | { readonly kind: "appRole" /** Secret. */; readonly roleId: Output<string> /** Secret. */; readonly secretId: Output<string> };
  /** The roles of the accounts that were claimed besides, by the end of their names: at `auth/kubernetes`, with a token for the audience. */
  readonly accounts?: Readonly<Record<string, { readonly role: string; readonly audience: string }>>;
}

/** What an account may do with a project's images and charts. */
export type RegistryRight = "pull" | "push";

/** A project of the platform's registry, to keep images and charts in, or to have them from. */
export interface RegistryProjectClaim {
  /** Lower-case letters and digits, with single `.` or `-` between them. Changing it makes a new, empty project; the old one goes by an approval. */
  readonly project: string;
  /** `push` holds `pull`. */
  readonly access: RegistryRight;
  /** Whether everybody may pull from it. Where several claim it, or the file names it, one that says so counts. @default false */
  readonly public?: boolean;
  /** What it may hold. The file's own counts before it. @default as much as there is */
  readonly quota?: `${number}${"Gi" | "Ti"}`;
}

/** How a service comes to its images: by an account of its own, which may nothing else. */
export interface RegistryAccess {
  /** What images begin with, as in `REGISTRY/PROJECT/IMAGE`. */
  readonly registry: string;
  readonly project: string;
  readonly user: Output<string>;
  /** Secret. */
  readonly password: Output<string>;
  /** What a Secret of the type `kubernetes.io/dockerconfigjson` holds as `.dockerconfigjson`, for `imagePullSecrets`. Secret. */
  readonly dockerConfig: Output<string>;
}

/** A repository of Helm charts. */
export interface ChartRepositoryAccess {
  readonly name: string;
  readonly url: string;
  readonly user: string;
  /** Secret. */
  readonly password: Input<string>;
}

/** Where experiments with faults are seen. */
export interface ChaosAccess {
  /** URL of the dashboard inside the cluster, which takes a token of the Kubernetes API of whoever asks. */
  readonly dashboardUrl: string;
}

/** Who makes clusters, by the calls of K-PaaS's Terraman. */
export interface ClustersAccess {
  /** Base URL inside the cluster, by TLS. */
  readonly url: string;
  /** The password of the account `admin`, which may use K-PaaS's own calls alone. Secret. */
  readonly password: Output<string>;
  /** What signed the server's certificate. PEM. */
  readonly ca: Input<string>;
}

/** How a service comes to its messages: by an account of its own, in which it sees nothing of others'. */
export interface MessagesAccess {
  /** `tls://HOST:PORT`. */
  readonly url: string;
  readonly user: string;
  /** Secret. */
  readonly password: Input<string>;
  /** What signed the server's certificate. PEM. */
  readonly ca: Input<string>;
}

/** Where logs are asked for. */
export interface LogsAccess {
  /** Base URL of Loki's API inside the cluster, by TLS: `https://HOST.NAMESPACE.svc:PORT`. */
  readonly url: string;
  /** What signed the server's certificate. PEM. */
  readonly ca: Input<string>;
}
