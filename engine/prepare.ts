import { adoptingSetting } from "./adopt/setting";
import { holderOf, mendBackend, removeDeadMutexes } from "./backend";
import { InterruptedError } from "./errors";
import { type Engine, locateEngine } from "./locate";
import { mendStackConfig } from "./sandbox";
import { secureState } from "./state/copy";
import { busyError } from "./translate";
import type { EngineTarget, RunOptions } from "./types";
import { type EngineSetting, realSetting, sandboxSetting } from "./workspace";

/** Finds the engine and makes what it needs; what a dead one has left in a stack of this host is cleared and mended. */
export async function prepareStack(target: EngineTarget, options: RunOptions): Promise<{ engine: Engine; setting: EngineSetting }> {
  if (options.signal?.aborted) throw new InterruptedError();
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  const engine = await locateEngine({ onProgress: tell, ...(options.signal ? { signal: options.signal } : {}) });
  const setting = settingOf(target);
  if (setting.backendFolder !== undefined) {
    const removed = removeDeadMutexes(setting.backendFolder, setting.project, setting.stack);
    mendBackend(setting.backendFolder, setting.project, setting.stack);
    if (removed.length > 0) tell(`removed the lock of an operation on ${setting.stack} that was killed`);
    if (target.sandbox && target.adoption === undefined) mendStackConfig(setting.workDir, setting.stack);
    secureState(target.root, setting, tell);
  }
  return { engine, setting };
}

/** Where and with what the engine runs for an environment. */
function settingOf({ sandbox, root, adoption, plan, layer }: EngineTarget): EngineSetting {
  const setting = (sandbox ? sandboxSetting : realSetting)(adoption?.root ?? root, plan, layer);
  return adoption === undefined ? setting : adoptingSetting(setting, adoption);
}

/** @throws StackBusyError where an operation on the stack is under way, as far as that can be told without asking the backend. */
export function requireFree({ plan }: EngineTarget, { backendFolder, project, stack }: EngineSetting): void {
  if (backendFolder === undefined) return;
  const holder = holderOf(backendFolder, project, stack);
  if (holder !== undefined) throw busyError(plan.environment, holder);
}
