import type { Output } from "@pulumi/pulumi";
import type { ServiceArgs } from "../args";

/** An account of a database server, which owns one database there. */
export interface AccountSpec {
  /** Account name; it may do anything in its database, and nothing elsewhere but what its server's own arguments say. */
  readonly user: string;
  /** Which of the accounts that follow each other under that name logs in: a later one has its number behind the name. @default 1 */
  readonly rotation?: number;
  /** Statements that make tables and first rows, run by this account. They run whenever this text changes, so each must bear repetition. */
  readonly tables?: readonly string[];
}

/** What every database server takes. */
export interface DatabaseArgs extends ServiceArgs {
  /** Storage class of the data volume. Changing it replaces the volume. */
  readonly storageClass: string;
  /** True: the data volume is protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves the data volume, and the namespace it is claimed in. */
  readonly retainData: boolean;
  /** Namespaces whose pods may connect. */
  readonly clients: readonly string[];
}

/** Passwords by account; secret. */
export type Passwords = Readonly<Record<string, Output<string>>>;
