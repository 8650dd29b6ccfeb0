import { OperationFailedError } from "../engine/errors";

/** The error for an environment that is asked for what only a finished `up` gives; names the command that makes it. */
export function notUp(environment: string, sandbox: boolean): OperationFailedError {
  if (sandbox) return new OperationFailedError(`${environment} is not up in the sandbox: run \`kpaas up ${environment} --sandbox\``);
  return new OperationFailedError(`${environment} is not up: run \`kpaas up ${environment}\`, or add --sandbox if that is where it is`);
}
