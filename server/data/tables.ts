import type { ColumnType, Generated, Insertable, Selectable } from "kysely";
import type { Step } from "../../model/fleet/work";

/** The highest number that a row has: PostgreSQL's `integer` ends there. */
export const HIGHEST_ROW = 2_147_483_647;

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

/**
 * How far an operation is. `planned`: what it would do is written down, and waits for somebody's approval.
 */
export type OperationState = "waiting" | "running" | "planned" | "done" | "failed" | "cancelled" | "rejected";

export type OperationKind = "preview" | "up" | "destroy" | "drift" | "refresh" | "health";

/** What is done with environments: the journal from which a restarted service goes on. */
interface Operations {
  id: string;
  environment: string;
  /** The cluster of K-PaaS's calls that it is done for. */
  cluster: string | null;
  kind: OperationKind;
  state: OperationState;
  /** The step that was begun last. */
  step: Step | null;
  attempt: Generated<number>;
  askedBy: string;
  /** Why it failed. */
  reason: string | null;
  created: Moment;
  started: ColumnType<Date | null, Date | undefined, Date>;
  ended: ColumnType<Date | null, Date | undefined, Date | null>;
  /** Those of its environment when it was asked for, as JSON: who may see it goes by them once the environment is gone. */
  labels: Generated<string>;
  /** What it is for, such as `scale worker to 3`. */
  title: string | null;
  /** The commit of its environment's file that it goes by. */
  file: string | null;
  /** `KEY:ACTION@FINGERPRINT`, as JSON. */
  approvals: Generated<string>;
  /** Whether somebody has to agree to its plan. */
  needsApproval: Generated<boolean>;
  approvedBy: string | null;
  approved: ColumnType<Date | null, Date | undefined, Date | null>;
  rejectedBy: string | null;
  /** Who has asked it to end; it ends at the next safe point. */
  cancelledBy: string | null;
  /** Whether a destroy takes the environment's file away too. */
  removeFile: Generated<boolean>;
  /** What came of it, as JSON. */
  result: string | null;
  /** W3C's `traceparent` of the request that has asked for it. */
  trace: ColumnType<string | null, string | null | undefined, string | null>;
}

/** What an operation would do, as it was shown to whoever approves. */
interface Plans {
  operation: string;
  /** Of its content and of the file's commit. */
  digest: string;
  /** What the environment's own preview shows, in a word. */
  fingerprint: string;
  /** JSON. */
  plan: string;
  made: Moment;
}

/** What the steps of operations have said. */
interface OperationLines {
  operation: string;
  /** A bigint, which PostgreSQL's driver gives as a text. */
  number: ColumnType<string | number, number, number>;
  step: Step;
  text: string;
  at: Moment;
}

/** Environments whose operations log in to a cloud by an account that is kept here. */
interface Environments {
  name: string;
  account: number | null;
  sshKey: string | null;
}

/** Requests that may come again, by the key that their caller has given them, with the answer. */
interface Requests {
  caller: string;
  key: string;
  digest: string;
  /** JSON. */
  answer: string;
  created: Moment;
}

/** Each turn of an operation, in order. */
interface Events {
  id: ColumnType<string | number, never, never>;
  operation: string;
  environment: string;
  kind: OperationKind;
  state: OperationState;
  /** JSON. */
  labels: string;
  /** JSON. */
  detail: string;
  at: Moment;
}

interface Webhooks {
  id: string;
  url: string;
  /** The states that it is told of, as JSON. */
  events: string;
  createdBy: string;
  created: Moment;
}

/** What is to be told to webhooks, and was. */
interface Deliveries {
  id: string;
  webhook: string;
  event: string | number;
  state: "waiting" | "done" | "failed";
  tries: Generated<number>;
  due: Moment;
  /** That of the last answer. */
  status: number | null;
  reason: string | null;
  delivered: ColumnType<Date | null, Date | undefined, Date | null>;
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
  plans: Plans;
  operationLines: OperationLines;
  environments: Environments;
  requests: Requests;
  events: Events;
  webhooks: Webhooks;
  deliveries: Deliveries;
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
  plans: "kept",
  operationLines: "kept",
  environments: "kept",
  requests: "passing",
  events: "kept",
  webhooks: "kept",
  deliveries: "kept",
  audit: "kept",
  leader: "passing",
  steps: "passing",
};

/** A table as the database calls it. */
export function tableName(table: string): string {
  return table.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
