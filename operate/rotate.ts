import { bindToPlan } from "../model/guard/approvals";
import { InvalidInputError, type Problem } from "../model/problems";
import { type Rotation, raised, rotationOf } from "../model/rotation";
import { DOORS, type Doors } from "./doors";
import { requireLock } from "./lock";
import { type Operator, requireAgreement } from "./operator";
import { type Done, makeReady, type Ready, type Request, runJob } from "./ready";

/** An environment whose secrets were exchanged. */
export interface RotatedEnvironment extends Done {
  readonly rotation: Rotation;
}

/**
 * Exchanges generated secrets of services for others. The lock's numbers are raised, and the environment is brought to what follows from them; an
 * `up` goes on with that where it is broken off, and so does this.
 * @param wanted names of services. @default all that have something to exchange
 * @throws InvalidInputError with all that is wrong with the choice, LockRefusedError, DeclinedError, and what `up` throws
 */
export async function rotate(
  request: Request,
  wanted: readonly string[] | undefined,
  operator: Operator,
  doors = DOORS,
): Promise<RotatedEnvironment> {
  const { ready, rotation } = await chosen(request, wanted, operator, doors);
  const ask = operator.asker("rotate");
  const engine = await doors.engine();
  const next = await withRaised(ready, rotation, request, operator, doors);
  if (ask !== undefined) {
    const preview = await runJob("preview", next.target, operator, engine.previewEnvironment);
    await requireAgreement(ask, { kind: "rotate", environment: ready.loaded.name, planned: next.planned, preview, rotation });
  }
  const { writeLock } = await doors.environments();
  const onAccepted = (): void => {
    writeLock(next.loaded);
    operator.tell({ kind: "lockWritten", file: next.loaded.lockFile });
  };
  return { ...next, result: await runJob("up", next.target, operator, engine.upEnvironment, { onAccepted }), rotation };
}

/** What {@link rotate} would do. Changes nothing, and writes nothing; throws as that does. */
export async function previewRotation(
  request: Request,
  wanted: readonly string[] | undefined,
  operator: Operator,
  doors = DOORS,
): Promise<RotatedEnvironment> {
  const { ready, rotation } = await chosen(request, wanted, operator, doors);
  const engine = await doors.engine();
  const next = await withRaised(ready, rotation, request, operator, doors);
  return { ...next, result: await runJob("preview", next.target, operator, engine.previewEnvironment), rotation };
}

/** The environment, and which of its secrets are meant. */
async function chosen(request: Request, wanted: readonly string[] | undefined, operator: Operator, doors: Doors) {
  const ready = await makeReady(request, operator, doors);
  // Nothing but secrets is to change: what else the lock would take is for an `up`.
  requireLock(ready, operator);
  const { registry } = await import("../files/registry.js");
  const { environment, services } = ready.target.plan;
  const { problems, ...rotation } = rotationOf(environment, services, registry.services, wanted);
  if (problems.length > 0) throw new InvalidInputError(problems);
  if (rotation.rows.length === 0)
    throw new InvalidInputError([problemOf(environment, "no service that is on has a secret that is exchanged", "switch one on first")]);
  return { ready, rotation };
}

/** The environment with the numbers of what is exchanged raised in its lock. @throws InvalidInputError where it was never up */
async function withRaised(ready: Ready, { rows }: Rotation, request: Request, operator: Operator, doors: Doors): Promise<Ready> {
  const { environment } = ready.target.plan;
  const engine = await doors.engine();
  const finished = await runJob("read", ready.target, operator, engine.readRotations);
  if (finished === undefined)
    throw new InvalidInputError([
      problemOf(environment, `${environment} was never brought up as a whole`, `run \`kpaas up ${environment}\`, which makes its secrets`),
    ]);
  const { lock } = ready.planned;
  const numbers = raised([...new Set(rows.map(({ service }) => service))], lock.rotations, finished);
  return withLock((await doors.editor()).relocked(ready.loaded, request.root, { ...lock, rotations: { ...numbers } }), ready, request);
}

/** The environment with another lock. What is approved counts for what follows from that. */
function withLock(loaded: Ready["loaded"], { target }: Ready, { approvals = [] }: Request): Ready {
  const { planned, problems } = loaded;
  if (planned === undefined) throw new InvalidInputError(problems);
  return {
    loaded,
    planned,
    target: { ...target, plan: planned.plan, approvals: approvals.map((text) => bindToPlan(text, planned.plan)) },
  };
}

function problemOf(environment: string, reason: string, remedy: string): Problem {
  return { environment, path: "", reason, remedy, severity: "error" };
}
