import type { Input } from "@pulumi/pulumi";

/** What is run in a database as the account that owns it, which has the name of the service that claims it. */
export interface OwnedClaim {
  /** Statements that make tables and first rows. They run whenever this text changes, so each must bear repetition. */
  readonly tables?: readonly string[];
}

/** What may be done with the rows of a table. */
export type TableRight = "SELECT" | "INSERT" | "UPDATE" | "DELETE";

/** An account that sees some tables of a schema and nothing else. */
export interface TableAccount {
  readonly tables: Readonly<Record<string, readonly TableRight[]>>;
  /** Whether it is let in without TLS too: its program cannot speak it. @default false */
  readonly openly?: boolean;
}

/** A database of a PostgreSQL. */
export interface DatabaseClaim extends OwnedClaim {
  /** Letters, digits and `_`. Changing it makes a new, empty database and leaves the old one. */
  readonly database: string;
}

/** Columns of a table. */
export interface TableColumns {
  readonly table: string;
  readonly columns: readonly string[];
}

/** A database as its consumer sees it: one that is granted, or any other. */
export interface DatabaseAccess {
  readonly host: Input<string>;
  readonly port: Input<number>;
  readonly database: Input<string>;
  readonly user: Input<string>;
  /** Secret. */
  readonly password: Input<string>;
  /** What signed the server's certificate. PEM. Where it is there, a new account is let in by TLS only. @default nobody is told what to trust */
  readonly ca?: Input<string>;
  /** The accounts beside its owner's that were claimed, by the end of their names. */
  readonly accounts?: Readonly<Record<string, DatabaseAccount>>;
}

/** Whom a program logs in to a database as. */
export interface DatabaseAccount {
  readonly user: Input<string>;
  /** Secret. */
  readonly password: Input<string>;
}

/** A PostgreSQL database as its consumer sees it. It is reached by TLS only. */
export interface PostgresAccess extends DatabaseAccess {
  /** What signed the server's certificate. PEM. */
  readonly ca: Input<string>;
}
