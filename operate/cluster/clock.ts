import { sandboxFolders } from "../../engine/sandbox";
import type { EngineTarget } from "../../engine/types";
import { type Clock, systemClock, worldClock } from "../../plugin/clock";

/** The time that counts for an environment: its world's in the sandbox. */
export function clockOf({ root, plan, sandbox }: Pick<EngineTarget, "root" | "plan" | "sandbox">): Clock {
  return sandbox ? worldClock(sandboxFolders(root, plan.environment).world) : systemClock;
}
