import { OperationFailedError } from "../engine/errors";
import { DOORS } from "./doors";
import type { Operator } from "./operator";
import { type Ready, runJob } from "./ready";

/** What came of the last `up`; secrets as "[secret]" unless `showSecrets`. @throws OperationFailedError where there was none. */
export async function outputs(
  { target }: Ready,
  operator: Operator,
  showSecrets: boolean,
  doors = DOORS,
): Promise<Readonly<Record<string, unknown>>> {
  const engine = await doors.engine();
  const found = await runJob("read", target, operator, engine.readOutputs, { showSecrets });
  if (found === undefined) throw notUp(target.plan.environment, target.sandbox);
  return found;
}

/** The error for an environment that is asked for what only a finished `up` gives; names the command that makes it. */
export function notUp(environment: string, sandbox: boolean): OperationFailedError {
  if (sandbox) return new OperationFailedError(`${environment} is not up in the sandbox: run \`kpaas up ${environment} --sandbox\``);
  return new OperationFailedError(`${environment} is not up: run \`kpaas up ${environment}\`, or add --sandbox if that is where it is`);
}
