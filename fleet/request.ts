import { availableParallelism, freemem } from "node:os";
import type { RunOptions } from "../engine/types";
import { type LoadedFleet, loadFleet } from "../files/load-fleet";
import type { FleetPlan } from "../model/fleet/plan";
import type { FleetPreview } from "../model/fleet/preview";
import type { Approvals } from "../model/fleet/records";
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
  /** The compiled command line, which runs each step in a process of its own. */
  readonly main: string;
}

/** What is asked before anything is changed. */
export type FleetQuestion =
  | { readonly kind: "up"; readonly fleet: string; readonly preview: FleetPreview }
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
export function readFleet({ file, root }: Pick<FleetRequest, "file" | "root">): Loaded {
  const { plan, ...loaded } = loadFleet(file, root);
  if (plan === undefined) throw new InvalidInputError(loaded.problems);
  return { ...loaded, plan };
}

/** What runs steps, each in a process of its own. */
export function childrenOf(
  { main, root, sandbox }: FleetRequest,
  results: string,
  { health }: FleetPlan,
  approvals: Approvals = {},
): Children {
  return new Children({ main, root, results, sandbox, health, approvals });
}

/** An engine, its program and its providers take so much. */
const MEMORY = 768 * 2 ** 20;

/** As many as the machine has memory for, and two for each core: engines mostly wait for clouds. */
export function capacityOf({ parallel }: FleetRequest): number {
  return parallel ?? Math.max(1, Math.min(2 * availableParallelism(), Math.floor(freemem() / MEMORY)));
}
