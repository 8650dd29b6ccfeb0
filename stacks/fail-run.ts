import { runtime } from "@pulumi/pulumi";

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
