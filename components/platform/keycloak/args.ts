import type { Input } from "@pulumi/pulumi";
import type { ServiceArgs } from "../args";
import type { CertificatePair } from "../certificates";
import type { DatabaseAccess, IngressRoute, LoginClient, TokenClaim } from "../grants";

/** Arguments of {@link Keycloak}. */
export interface KeycloakArgs extends ServiceArgs {
  /** Keycloak's own schema, on a server of ours or any other MariaDB or MySQL. */
  readonly database: DatabaseAccess;
  readonly ingress: IngressRoute;
  /** What signs its certificate. @default an authority of its own */
  readonly authority?: CertificatePair;
  /** Base URLs of the applications that log in by the realm's client, without a trailing slash. @default none, and no client */
  readonly applications?: readonly string[];
  /** Applications with a client of their own, by service. @default none */
  readonly clients?: Readonly<Record<string, LoginClient & { readonly url: string }>>;
  /** Applications that take its tokens, with a page that logs in by itself, by service. @default none */
  readonly takers?: Readonly<Record<string, TokenClaim>>;
  /** Mail domain of the portal's first administrator; Keycloak wants every user to have an address. @default Keycloak's host */
  readonly domain?: string;
  /**
   * Whether visitors may register themselves in the realm: a new user reaches nothing until an administrator gives a
   * namespace and a role.
   * @default false
   */
  readonly selfRegistration?: boolean;
  /**
   * `public`: the whole server is reached at its host, its administration too. `internal`: the log-in of its users only;
   * the administration through the cluster, `kubectl port-forward` for instance.
   * @default "internal"
   */
  readonly adminConsole?: "internal" | "public";
  /**
   * Base URL by which the realm's resources are put into the server: its pods' port 8443, as the machine reaches it that runs the program.
   * @default the port on 127.0.0.1 that the environment's own way there has; a Keycloak that is made alone must be given one (`forwardTo`)
   */
  readonly managedAt?: Input<string>;
}
