import type { CertificatePair } from "../certificates";
import type { AccountSpec, DatabaseArgs } from "../database/args";
import type { MysqlOperatorAccess, TableAccount, TableColumns } from "../grants";

/** Columns of another schema's table that an account may read. The table may be made later. */
export interface TableRead extends TableColumns {
  readonly schema: string;
}

/** A schema, and an account there: its owner, with what else it may read, or one that may do something with some tables. */
export interface SchemaSpec extends AccountSpec {
  /** Schema name; letters, digits and `_`. Changing it makes a new, empty schema and leaves the old one. */
  readonly schema: string;
  /** What this account may select elsewhere. */
  readonly reads?: readonly TableRead[];
  /** What this account may do, by table of the schema, which another account owns. The tables may be made later. @default it owns the schema */
  readonly tableRights?: TableAccount["tables"];
  /** Whether this account is let in without TLS too, where the server has it. @default false */
  readonly openly?: boolean;
}

/** Arguments of {@link MariaDb}. */
export interface MariaDbArgs extends DatabaseArgs {
  /** By consumer. Removing one leaves its schema and account in the server: data are never dropped. */
  readonly schemas: Readonly<Record<string, SchemaSpec>>;
  /** Who runs it on several members. Required where the plan has several. */
  readonly operator?: MysqlOperatorAccess;
  /** What signs one server's certificate; that of several members is signed by an authority of their own. @default an authority of its own */
  readonly authority?: CertificatePair;
}
