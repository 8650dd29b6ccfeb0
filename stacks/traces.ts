import { Resource } from "@pulumi/pulumi";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

let promised = false;

/**
 * Has the SDK name no place in the code for what is registered from now on. It sends the whole call stack with each resource and the engine keeps it:
 * a quarter of the state, which is written after every step; of a program of ours it tells nothing that a user could change. The switch is the
 * whole process', so it is for programs of this project and for graphs in tests, never for components in a user's own program.
 */
export function withoutPositions(): void {
  Reflect.set(Resource, "stackTrace", () => []);
}

/**
 * Has the SDK note no call stack with each of its promises from now on, which is up to half of all it does. It shows them only to those who set
 * PULUMI_DEBUG_PROMISE_LEAKS, and to them it goes on.
 */
export function withoutPromiseStacks(): void {
  const noting: unknown = Reflect.get(debuggable, "debuggablePromise");
  if (promised || process.env.PULUMI_DEBUG_PROMISE_LEAKS || typeof noting !== "function") return;
  promised = true;
  Reflect.set(debuggable, "debuggablePromise", (...args: readonly unknown[]) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return noting(...args);
    } finally {
      Error.stackTraceLimit = limit;
    }
  });
}
