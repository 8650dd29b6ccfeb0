import { runtime } from "@pulumi/pulumi";
import { InvalidInputError, RefusedError } from "../model/problems";
import { steadyError } from "../providers/steady-error";

/**
 * Has the run of the program fail where `checks` rejects, before the engine is told that the program has ended. A component cannot be waited
 * for, so a program that takes nothing of it ends well although nothing was registered, and the engine deletes what it has not heard of.
 */
export function failRunWhere(checks: Promise<unknown>): void {
  // The SDK ends a program once all that keeps it alive is done, and as failed where one of them is rejected.
  const settle: (value?: unknown) => void = runtime.rpcKeepAlive();
  checks.then(
    () => settle(),
    (error: unknown) => settle(Promise.reject(error)),
  );
}

/** Throws the error so that Pulumi shows a refusal in its own words only. */
export function withoutStack(error: unknown): never {
  throw error instanceof RefusedError || error instanceof InvalidInputError ? steadyError(error.message) : error;
}
