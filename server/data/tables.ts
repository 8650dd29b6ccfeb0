import type { ColumnType, Generated, Insertable, Selectable } from "kysely";
import type { Step } from "../../model/fleet/work";

/** A moment: a Date when it is read. */
type Moment = ColumnType<Date, Date | undefined, Date>;

/** K-PaaS's words for a cluster: creating, available, disabled or failed. */
export type ClusterStatus = "C" | "A" | "D";

interface Clusters {
  /** A UUID, as K-PaaS's portal makes them. */
  id: string;
  /** What people call it. */
  name: string;
  type: string;
  provider: string;
  description: string;
  status: ClusterStatus;
  /** Name of its SSH key. */
  sshKey: string;
  /** Its cloud account; null of one that was registered. */
  account: number | null;
  /** Its environment's name; null of one that was registered. */
  environment: string | null;
  /** Of one that was registered. */
  apiUrl: string | null;
  created: Moment;
  modified: Moment;
}

/** What K-PaaS's portal shows of how a cluster comes to be. */
interface ClusterLogs {
  cluster: string;
  number: number;
  message: string;
  at: Moment;
}

interface Accounts {
  id: Generated<number>;
  name: string;
  provider: string;
  project: string | null;
  region: string | null;
  site: string | null;
  created: Moment;
  modified: Moment;
}

interface Templates {
  id: Generated<number>;
  name: string;
  provider: string;
  /** An environment file. */
  text: string;
  region: string | null;
  created: Moment;
  modified: Moment;
}

interface SshKeys {
  id: Generated<number>;
  name: string;
  provider: string;
  created: Moment;
  modified: Moment;
}

/** Secrets, each encrypted; their paths are those that K-PaaS has in Vault. */
interface Secrets {
  path: string;
  sealed: string;
  modified: Moment;
}

export type OperationState = "waiting" | "running" | "done" | "failed";

/** What is done with environments: the journal from which a restarted service goes on. */
interface Operations {
  id: string;
  environment: string;
  /** The cluster of K-PaaS's calls that it is done for. */
  cluster: string | null;
  kind: "up" | "destroy";
  state: OperationState;
  /** The step that was begun last. */
  step: "preview" | "up" | "destroy" | null;
  attempt: Generated<number>;
  askedBy: string;
  /** Why it failed. */
  reason: string | null;
  created: Moment;
  started: ColumnType<Date | null, Date | undefined, Date>;
  ended: ColumnType<Date | null, Date | undefined, Date>;
}

/** Who carries operations out, where several services have one database. */
interface Leader {
  /** There is one row. */
  id: number;
  /** Counted up by each one that takes over. */
  term: number;
  /** Its process, as JSON. */
  holder: string;
  place: string;
  expires: Moment;
}

/** Attempts at steps, as the services tell in whose folders they run. */
interface Steps {
  operation: string;
  attempt: number;
  step: Step;
  place: string;
  /** When its place last told that its process lives. */
  seen: Moment;
  /** How it has ended, as JSON. */
  ended: string | null;
}

interface Audit {
  number: number;
  at: string;
  actor: string;
  action: string;
  target: string;
  /** JSON. */
  detail: string;
  previous: string;
  hash: string;
}

/** All tables. */
export interface Tables {
  clusters: Clusters;
  clusterLogs: ClusterLogs;
  accounts: Accounts;
  templates: Templates;
  sshKeys: SshKeys;
  secrets: Secrets;
  operations: Operations;
  leader: Leader;
  steps: Steps;
  audit: Audit;
}

export type Row<T extends keyof Tables> = Selectable<Tables[T]>;
export type NewRow<T extends keyof Tables> = Insertable<Tables[T]>;

/** Every table, those before that others refer to; and whether a backup holds it: who leads, and where processes are, is of the day alone. */
export const TABLES: Readonly<Record<keyof Tables, "kept" | "passing">> = {
  accounts: "kept",
  templates: "kept",
  sshKeys: "kept",
  clusters: "kept",
  clusterLogs: "kept",
  secrets: "kept",
  operations: "kept",
  audit: "kept",
  leader: "passing",
  steps: "passing",
};

/** A table as the database calls it. */
export function tableName(table: string): string {
  return table.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
