import { RunError } from "@pulumi/pulumi";

/**
 * An error for what a resource waits for: shown without a stack trace, and in its own words only. The SDK writes the name of every
 * property that waited into the message of the error it failed with, hundreds of them for one environment.
 */
export function steadyError(message: string): RunError {
  const error = new RunError(message);
  Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
  return error;
}
