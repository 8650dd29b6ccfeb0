import { dirname } from "node:path";
import { wrongChoice } from "../engine/servers/choice";
import type { EngineTarget, OperationKind, OperationResult, RunOptions, StateJob } from "../engine/types";
import type { LoadedEnvironment } from "../files/load";
import { bindToPlan } from "../model/guard/approvals";
import type { Layer } from "../model/layers";
import type { PlannedEnvironment } from "../model/plan/plan";
import { InvalidInputError } from "../model/problems";
import type { Doors } from "./doors";
import type { Operator } from "./operator";

/** Which environment something is done with, and how. */
export interface Request {
  /** Its name in environments/, or the path of its file. */
  readonly reference: string;
  /** The project's root folder. */
  readonly root: string;
  /** In the sandbox; default false. */
  readonly sandbox?: boolean;
  /** One layer only, where three stacks hold the environment. */
  readonly layer?: Layer;
  /** Dangerous changes that are let through: `KEY:ACTION`, bound to the plan that is read now, or `KEY:ACTION@FINGERPRINT`. */
  readonly approvals?: readonly string[];
}

/** An environment ready for the engine. */
export interface Ready {
  readonly loaded: LoadedEnvironment;
  readonly planned: PlannedEnvironment;
  readonly target: EngineTarget;
}

/** A finished operation. */
export interface Done extends Ready {
  readonly result: OperationResult;
}

/**
 * Loads an environment and tells what is wrong with it.
 * @param standIn gives a plan in place of one that cannot be made
 * @throws InvalidInputError with all problems where it has errors
 */
export async function makeReady(
  { reference, root, sandbox = false, layer, approvals: given = [] }: Request,
  operator: Operator,
  doors: Doors,
  standIn: (loaded: LoadedEnvironment) => PlannedEnvironment | undefined = () => undefined,
): Promise<Ready> {
  const loaded = (await doors.environments()).loadEnvironment(reference, root);
  const planned = loaded.planned ?? standIn(loaded);
  const wrong = sandbox ? wrongChoice(loaded.name, process.env) : undefined;
  if (planned === undefined || wrong !== undefined) throw new InvalidInputError([...loaded.problems, ...(wrong ? [wrong] : [])]);
  const { plan } = planned;
  // What is given for this operation counts for the plan that it works on, and stays so when it has to be repeated.
  const approvals = given.map((text) => bindToPlan(text, plan));
  operator.tell({ kind: "loaded", root, loaded, approvals });
  if (layer !== undefined && plan.layers === "one") {
    const reason = "one stack holds all layers of this environment";
    const remedy = "leave --layer out, or set `layers: three` in its file";
    throw new InvalidInputError([{ environment: loaded.name, path: "", reason, remedy, severity: "error" }]);
  }
  const target = { plan, root, folder: dirname(loaded.file), sandbox, approvals, ...(layer === undefined ? {} : { layer }) };
  return { loaded, planned, target };
}

/** Has the engine do something for the operator. */
export function runJob<T>(
  kind: OperationKind | StateJob | "read",
  target: EngineTarget,
  operator: Operator,
  work: (target: EngineTarget, options: RunOptions) => Promise<T>,
  options: RunOptions = {},
): Promise<T> {
  const { plan, sandbox } = target;
  return operator.run({ kind, environment: plan.environment, sandbox }, (control) => work(target, { ...control, ...options }));
}
