import type { ListedStack } from "../../engine/list-states";
import { DOORS } from "../doors";
import type { Operator } from "../operator";

/** Whose states are listed. */
export interface ListRequest {
  /** The project's root folder. */
  readonly root: string;
  readonly sandbox: boolean;
  /** Those of other Pulumi projects in the same backend too. */
  readonly all: boolean;
}

/** A stack, and whether its environment has a file in this folder. */
export interface ListedState extends ListedStack {
  readonly hasFile: boolean;
}

/** The environments' stacks that a backend has. @throws OperationFailedError where it cannot be asked */
export async function listState({ root, sandbox, all }: ListRequest, operator: Operator, doors = DOORS): Promise<ListedState[]> {
  const environments = (await doors.environments()).listEnvironments(root);
  const { listStates } = await doors.states();
  const listed = await operator.run({ kind: "read", environment: "", sandbox }, (control) =>
    listStates({ root, sandbox, all, environments }, control),
  );
  return listed.map((one) => ({ ...one, hasFile: environments.includes(one.environment) }));
}
