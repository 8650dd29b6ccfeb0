import { availableParallelism } from "node:os";
import type { RunOptions } from "../engine/types";
import { type LoadedFleet, loadFleet } from "../files/load-fleet";
import { narrowed } from "../model/fleet/narrowed";
import { chosen, clusterNames, type FleetPlan } from "../model/fleet/plan";
import type { FleetPreview } from "../model/fleet/preview";
import type { Approvals } from "../model/fleet/records";
import type { Work } from "../model/fleet/work";
import { InvalidInputError } from "../model/problems";
import { Children } from "./children";
import type { ClusterLoss } from "./losses";
import type { RunnerEvent } from "./runner";

/** Which fleet something is done with, and how. */
export interface FleetRequest {
  /** Path of its file. @default environments/fleet.yaml */
  readonly file: string | undefined;
  /** The project's root folder. */
  readonly root: string;
  readonly sandbox: boolean;
  /** How many operations are under way at once. @default what cores and memory allow */
  readonly parallel?: number;
  /** What is let through. @default nothing */
  readonly approvals?: Approvals;
  /** The one wave that is brought up. @default all of them, one after the other */
  readonly wave?: string;
  /** Who brings the clusters up. @default processes of this machine */
  readonly via?: "operator";
  /** Its clusters by name or glob: the others are left as they are. @default all */
  readonly only?: readonly string[];
  /** The compiled command line, which runs each step in a process of its own. */
  readonly main: string;
}

/** What is asked before anything is changed. */
export type FleetQuestion =
  | { readonly kind: "change"; readonly fleet: string; readonly preview: FleetPreview }
  | { readonly kind: "destroy"; readonly fleet: string; readonly losses: readonly ClusterLoss[] };

/** Whoever works on a fleet. */
export interface FleetOperator extends Pick<RunOptions, "signal" | "forceSignal"> {
  /** Undefined: what is asked for was agreed to beforehand. */
  readonly ask?: (question: FleetQuestion) => Promise<boolean>;
  tell(event: RunnerEvent): void;
}

/** A fleet without problems. */
export type Loaded = LoadedFleet & { readonly plan: FleetPlan };

/** Reads, checks and plans a fleet. @throws InvalidInputError */
export function readFleet({ file, root, only }: Pick<FleetRequest, "file" | "root" | "only">): Loaded {
  const { plan, ...loaded } = loadFleet(file, root);
  if (plan === undefined) throw new InvalidInputError(loaded.problems);
  return { ...loaded, plan: only === undefined ? plan : narrowed(plan, choose(only, plan.fleet, clusterNames(plan))) };
}

/** The clusters of a fleet by name, registered ones apart. @throws InvalidInputError */
export function readClusters({ only, ...request }: Pick<FleetRequest, "file" | "root" | "only">): Pick<Loaded, "file" | "registered"> & {
  readonly fleet: string;
  readonly clusters: readonly string[];
} {
  const { plan, file, registered } = readFleet(request);
  const clusters = clusterNames(plan);
  if (only === undefined) return { fleet: plan.fleet, file, clusters, registered };
  const names = new Set(choose(only, plan.fleet, [...clusters, ...Object.keys(registered)]));
  const own = Object.entries(registered).filter(([name]) => names.has(name));
  return { fleet: plan.fleet, file, clusters: clusters.filter((name) => names.has(name)), registered: Object.fromEntries(own) };
}

/** Those of some clusters that names and globs mean. @throws InvalidInputError for what means none */
function choose(only: readonly string[], fleet: string, clusters: readonly string[]): string[] {
  const none = only.filter((glob) => chosen([glob], clusters).length === 0);
  const rest = { reason: "is no cluster of the fleet", remedy: `its clusters are: ${clusters.join(", ")}`, severity: "error" } as const;
  if (none.length > 0) throw new InvalidInputError(none.map((value) => ({ environment: fleet, path: "--only", value, ...rest })));
  return chosen(only, clusters);
}

/** What runs steps, each in a process of its own. */
export function childrenOf(
  { main, root, sandbox }: FleetRequest,
  results: string,
  { health }: FleetPlan,
  { work = { operation: "up" }, approvals = {} }: { readonly work?: Work; readonly approvals?: Approvals | undefined } = {},
): Children {
  return new Children({ main, root, results, sandbox, health, work, approvals });
}

/** An engine, its program and its providers take so much. */
const MEMORY = 768 * 2 ** 20;

/** As many as there is memory for, in a container too, and two for each core: engines mostly wait for clouds. */
export function capacityOf({ parallel }: FleetRequest): number {
  return parallel ?? Math.max(1, Math.min(2 * availableParallelism(), Math.floor(process.availableMemory() / MEMORY)));
}
