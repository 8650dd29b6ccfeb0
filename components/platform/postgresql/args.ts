import type { CertificatePair } from "../certificates";
import type { AccountSpec, DatabaseArgs } from "../database/args";
import type { PostgresOperatorAccess } from "../grants";

/** A database and the account that owns it. */
export interface DatabaseSpec extends AccountSpec {
  /** Its name: letters, digits and `_`. Changing it makes a new, empty database and leaves the old one. */
  readonly database: string;
}

/** Arguments of {@link PostgreSql}. */
export interface PostgreSqlArgs extends DatabaseArgs {
  /** By consumer. Removing one leaves its database and account in the server, and lets nobody into it any more. */
  readonly databases: Readonly<Record<string, DatabaseSpec>>;
  /** The network of the pods, from which alone anybody comes. */
  readonly podCidr: string;
  /** Who runs it on several members. Required where the plan has several. */
  readonly operator?: PostgresOperatorAccess;
  /** What signs its certificate. @default an authority of its own */
  readonly authority?: CertificatePair;
}
