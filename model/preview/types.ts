import type { ReleaseMove } from "../catalog";
import type { VersionChange } from "../guard/release";
import type { Approved } from "../guard/verdict";
import type { Impact } from "./impacts";
import type { KnownFlow, PortChange } from "./ports";
import type { PropertyChange } from "./properties";
import type { StepReport } from "./steps";

/** One changed resource, as an operation tells it. */
export interface ResourceChange {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of what it is registered under. */
  readonly parent?: string;
  /** What changes in it; empty where it is made or deleted. */
  readonly properties: readonly PropertyChange[];
  /** What becomes of it that somebody counts on. */
  readonly impact?: Impact;
  /** The traffic it lets through, where it is a rule. */
  readonly flow?: KnownFlow;
}

/** Changed resources that belong together: a machine's, a service's, the cluster's, the network's. */
export interface ChangeGroup {
  /** `machine worker-1`, `network`, `cluster`, `keycloak`, … */
  readonly name: string;
  /** What it will be, where it is new. */
  readonly about?: string;
  readonly resources: readonly GroupedChange[];
}

export interface GroupedChange extends ResourceChange {
  /** What it is called within its group; empty for the one that stands for the whole group. */
  readonly label: string;
  /** The last part of its type: `Deployment`. */
  readonly kind: string;
}

/** What an operation of the engine gives, as far as a report is made of it. */
export interface PreviewResult {
  readonly environment: string;
  readonly changes: Counts;
  readonly steps: readonly unknown[];
  readonly resources: readonly ResourceChange[];
  /** The outputs as they will be; what is hidden in them are words. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The outputs as they were recorded. */
  readonly before: Readonly<Record<string, unknown>>;
  readonly approved: readonly Approved[];
}

/** How many resources are changed. */
export interface Counts {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly same: number;
}

/** All that a preview shows, as data. */
export interface PreviewReport {
  readonly environment: string;
  readonly counts: Counts;
  /** What is lost, moved or restarted; the worst first. */
  readonly impacts: readonly Impact[];
  /** Of Kubernetes and the services, in the order in which they change. */
  readonly versions: readonly VersionChange[];
  /** What the way to another release does to services and their data, in the order in which it comes. */
  readonly moves: readonly ReleaseMove[];
  readonly steps: readonly StepReport[];
  readonly ports: {
    readonly changes: readonly PortChange[];
    /**
     * What they are told by: the flows recorded at the last `up`; where an earlier version recorded none, the rules that the engine makes and
     * deletes; nothing, where nothing stands yet or the layer has none.
     */
    readonly source: "recorded" | "rules" | "nothing";
  };
  readonly groups: readonly ChangeGroup[];
  /** What shows in no resource, because machines take it when they are built. */
  readonly later: readonly string[];
  readonly approved: readonly Approved[];
}
