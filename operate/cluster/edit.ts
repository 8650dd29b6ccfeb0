import type { EditedEnvironment } from "../../files/edit-environment";
import type { Edit } from "../../files/edit-yaml";
import { ladder } from "../../model/cluster/ladder";
import { reportSteps } from "../../model/cluster/report";
import { bindToPlan } from "../../model/guard/approvals";
import type { LockChange } from "../../model/lock";
import { InvalidInputError, RefusedError } from "../../model/problems";
import type { Doors } from "../doors";
import { type Operator, requireAgreement } from "../operator";
import { makeReady, type Ready, type Request, runJob } from "../ready";
import { type ClusterChange, changeOf } from "./change";
import { clockOf } from "./clock";
import type { FileChange } from "./file-change";

/** An environment whose file was changed, or is as it was wanted already. */
export interface Edited extends Ready {
  /** Undefined: there was nothing to change. */
  readonly edit?: FileChange;
}

/** What a kind of change asks of the file. */
export interface WantedEdit {
  readonly edits: readonly Edit[];
  readonly notes?: readonly string[];
}

/** An environment as its file will be, and nothing written yet. */
export interface PlannedEdit {
  readonly edited: EditedEnvironment;
  readonly next: Ready & { readonly edit: FileChange };
}

/** What a change asks of the file, by the environment as it is; throws InvalidInputError where it cannot be. */
export type EditPlanner = (ready: Ready, recorded: ClusterChange) => WantedEdit;

/**
 * Plans a change of an environment's file and lock. What needs an approval is told with the change: it is given to the operation.
 * @returns undefined where the file is as it was wanted already
 * @throws InvalidInputError with every problem of the changed environment; RefusedError where no `up` would make the change
 */
export async function planEdit(
  ready: Ready,
  { approvals: given = [] }: Request,
  operator: Operator,
  doors: Doors,
  plan: EditPlanner,
): Promise<PlannedEdit | undefined> {
  const { loaded, target } = ready;
  const engine = await doors.engine();
  const recorded = await runJob("read", target, operator, engine.readRecorded);
  const now = clockOf(target)();
  const { edits, notes = [] } = plan(ready, changeOf(target.plan, recorded, target.approvals, now));
  if (edits.length === 0) return undefined;
  const edited = (await doors.editor()).editEnvironment(loaded, target.root, edits);
  const { planned, problems } = edited.loaded;
  if (!planned) throw new InvalidInputError(problems);
  const approvals = given.map((text) => bindToPlan(text, planned.plan));
  const change = changeOf(planned.plan, recorded, approvals, now);
  if (change.never.length > 0) throw new RefusedError(change.refused);
  const edit: FileChange = {
    ...{ file: loaded.file, lockFile: loaded.lockFile, change, notes },
    fields: fieldsOf(edited, loaded.content),
    lock: planned.lockChanges,
    ladder: (change.recorded && ladder(change.recorded, change.wanted)) ?? [],
    steps: reportSteps(change.recorded, change.steps),
  };
  return { edited, next: { loaded: edited.loaded, planned, target: { ...target, plan: planned.plan, approvals }, edit } };
}

/** Changes an environment's file and lock once it is agreed to; nothing else is done. Throws as {@link planEdit} does, and DeclinedError. */
export async function editFile(
  kind: "cluster upgrade" | "cluster replace-node",
  request: Request,
  operator: Operator,
  doors: Doors,
  plan: EditPlanner,
): Promise<Edited> {
  const ready = await makeReady(request, operator, doors);
  const planned = await planEdit(ready, request, operator, doors, plan);
  if (planned === undefined) return ready;
  const { edited, next } = planned;
  await requireAgreement(operator.asker(kind), { kind, environment: ready.loaded.name, edit: next.edit });
  (await doors.editor()).writeEdited(edited);
  return next;
}

function fieldsOf({ edits }: EditedEnvironment, content: unknown): LockChange[] {
  return edits.map(({ path, value }) => {
    const was = path.reduce<unknown>((at, step) => (at as Readonly<Record<string, unknown>> | undefined | null)?.[step], content);
    return { path: path.join("."), ...(was === undefined ? {} : { was }), ...(value === undefined ? {} : { becomes: value }) };
  });
}
