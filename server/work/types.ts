import type { Kysely } from "kysely";
import type { Children } from "../../fleet/children";
import type { Step } from "../../model/fleet/work";
import type { Database } from "../data/database";
import type { Row, Tables } from "../data/tables";
import type { Log } from "../http/log";
import type { Traces } from "../trace/traces";
import type { Leadership } from "./leadership";
import type { Steps } from "./steps";

export type Operation = Row<"operations">;

/** What somebody asks for. */
export interface Wanted extends Pick<Operation, "environment" | "kind" | "askedBy" | "cluster"> {
  readonly labels?: Readonly<Record<string, string>>;
  readonly title?: string;
  /** Dangerous changes that its plan is looked at with: `KEY:ACTION`, or bound to a plan. */
  readonly approvals?: readonly string[];
  /** @default false: it is carried out at once */
  readonly needsApproval?: boolean;
  readonly removeFile?: boolean;
}

/** What has become of an operation. */
export type Turn =
  | { readonly kind: "asked" | "begun" | "planned" | "approved" | "retried" | "done" }
  | { readonly kind: "stepped"; readonly step: Step }
  | { readonly kind: "failed"; readonly step: Step | undefined; readonly reason: string }
  | { readonly kind: "rejected" | "cancelled"; readonly reason?: string };

/** What runs steps. */
export type Runner = Pick<Children, "launch" | "look" | "printed" | "said">;

/** What operations need of the rest. */
export interface WorkParts {
  readonly database: Database;
  readonly log: Log;
  /** @default none */
  readonly traces?: Traces;
  /** Whether it is this service that carries out. */
  readonly leadership: Pick<Leadership, "term" | "fence" | "require">;
  /** What tells of steps from place to place. */
  readonly steps: Steps;
  /** Where each operation's results lie. */
  readonly folder: string;
  /** How many are under way at once. */
  readonly capacity: () => number;
  /** Whoever runs the steps of one, in an environment with its credentials. @param results where it leaves what they say */
  runner(operation: Operation, results: string): Promise<Runner>;
  /** Told of each turn, within the piece of work that writes it down: it happens with it or not at all. */
  turned(operation: Operation, turn: Turn, within: Kysely<Tables>): Promise<void>;
  /** Called after the end of each, whatever came of it. */
  ended(): Promise<void>;
  /** The newest commit of an environment's file and lock, once what others have pushed was taken over. */
  commitOf(environment: string): Promise<string>;
  /** What a destroy does last, where it was asked for: takes the environment's file away. */
  removeFile(operation: Operation): Promise<void>;
}

/** Of one environment there is one of these at a time. */
export const OPEN: readonly Operation["state"][] = ["waiting", "running", "planned"];
