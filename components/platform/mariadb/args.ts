import type { ServiceArgs } from "../args";
import type { TableColumns } from "../grants";

/** Columns of another schema's table that an account may read. The table may be made later. */
export interface TableRead extends TableColumns {
  readonly schema: string;
}

/** A schema, its owner and what else the owner may read. */
export interface SchemaSpec {
  /** Schema name; letters and digits (`_` is a wildcard in a grant). Changing it makes a new, empty schema and leaves the old one. */
  readonly schema: string;
  /** Account name; it may do anything in its schema and nothing elsewhere, `reads` aside. */
  readonly user: string;
  /** What this account may select elsewhere. */
  readonly reads?: readonly TableRead[];
  /** Statements that make tables and first rows, run by this account. They run whenever this text changes, so each must bear repetition. */
  readonly tables?: readonly string[];
}

/** Arguments of {@link MariaDb}. */
export interface MariaDbArgs extends ServiceArgs {
  /** Storage class of the data volume. Changing it replaces the volume. */
  readonly storageClass: string;
  /** True: the data volume is protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves the data volume, and the namespace it is claimed in. */
  readonly retainData: boolean;
  /** By consumer. Removing one leaves its schema and account in the server: data are never dropped. */
  readonly schemas: Readonly<Record<string, SchemaSpec>>;
  /** Namespaces whose pods may connect. */
  readonly clients: readonly string[];
}
