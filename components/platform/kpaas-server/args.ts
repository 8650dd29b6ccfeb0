import type { Input } from "@pulumi/pulumi";
import type { ServiceArgs } from "../args";
import type { CertificatePair } from "../certificates";
import type { IngressRoute, PostgresAccess, SecretEngineAccess, TokenAccess } from "../grants";

/** The git repository of environments, and how it is logged in to. */
export type RepositorySpec = HttpsRepository | SshRepository;

/** One that is met by `https`. */
export interface HttpsRepository {
  /** Without user and password. */
  readonly url: string;
  readonly login: { readonly user: string /** Or a token. Secret. */; readonly password: Input<string> };
  /** Who is trusted there in place of the public authorities. PEM. @default the platform's own, where it is one of its hosts */
  readonly authority?: Input<string>;
}

/** One that is met by SSH. */
export interface SshRepository {
  readonly url: string;
  /** A private key that takes no passphrase. Secret. */
  readonly key: Input<string>;
  /** The host keys that are trusted there, as `known_hosts` has them. */
  readonly hosts: string;
}

/** Arguments of {@link KpaasServer}. */
export interface KpaasServerArgs extends ServiceArgs {
  readonly ingress: IngressRoute;
  /** A database of its own; states are in it too. */
  readonly database: PostgresAccess;
  readonly tokens: TokenAccess;
  /** OpenBao, which its account logs in to by tokens of its own. */
  readonly vault: SecretEngineAccess;
  readonly repository: RepositorySpec;
  /** The platform's domain: its hosts are met at the ingress' own address. */
  readonly domain: string;
  /** What clients in the cluster must trust besides the public authorities. PEM; undefined where those suffice. */
  readonly trust?: Input<string>;
  /** What signs its certificate. @default an authority of its own */
  readonly authority?: CertificatePair;
  /** Namespaces of those who call it as K-PaaS's portal does, by the account `admin`. @default nobody: it takes tokens alone */
  readonly clients?: readonly string[];
}
