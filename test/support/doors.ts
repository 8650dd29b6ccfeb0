import assert from "node:assert/strict";
import type { EngineTarget, OperationResult, RunOptions } from "../../engine/types";
import type { LoadedEnvironment } from "../../files/load";
import type { Lock } from "../../model/lock";
import type { PlannedEnvironment } from "../../model/plan/plan";
import type { Rotations } from "../../model/rotation";
import type { Doors } from "../../operate/doors";

/** What lies behind the doors of a use case that a test plays. */
export interface BehindDoors {
  readonly loaded: LoadedEnvironment;
  /** What stands for a plan that cannot be made. */
  readonly standIn?: PlannedEnvironment | undefined;
  /** What every operation gives. */
  readonly result: OperationResult;
  readonly loss: Awaited<ReturnType<Awaited<ReturnType<Doors["engine"]>>["readLoss"]>>;
  readonly outputs: Record<string, unknown> | undefined;
  /** What the environment is with another lock. @default no lock is made */
  readonly relocked?: (lock: Lock) => LoadedEnvironment;
  /** The numbers of exchanges that are finished. @default the environment was never brought up */
  readonly rotations?: Rotations | undefined;
  /** Thrown by every engine operation. */
  readonly failure?: Error | undefined;
}

/**
 * Doors to an environment and an engine that a test plays.
 * @param called told of each operation as it begins, and of a lock that is written
 */
export function playedDoors(
  { loaded, standIn, result, loss, outputs, failure, relocked, rotations }: BehindDoors,
  called: (name: string, target?: EngineTarget, options?: RunOptions) => void,
): Doors {
  const operation =
    (name: string) =>
    async (target: EngineTarget, options: RunOptions = {}): Promise<OperationResult> => {
      called(name, target, options);
      if (failure !== undefined) throw failure;
      options.onAccepted?.();
      return result;
    };
  return {
    environments: async () => ({
      findRoot: (cwd) => cwd,
      listEnvironments: () => ["seoul"],
      loadEnvironment: () => loaded,
      writeLock: () => called("writeLock"),
    }),
    editor: async () => ({
      editEnvironment: () => assert.fail("no file is edited here"),
      writeEdited: () => called("writeEdited"),
      relocked: (_loaded, _root, lock) => relocked?.(lock) ?? assert.fail("no lock is made here"),
    }),
    kubespray: async () => ({ kubesprayFor: () => assert.fail("no playbook is run here") }),
    states: async () => ({
      projectOf: () => "kpaas",
      readStates: async () => assert.fail("no state is read here"),
      replaceStates: () => assert.fail("no state is replaced here"),
      namesInBackend: () => assert.fail("no backend is asked here"),
      listStates: () => assert.fail("no states are listed here"),
      readSecrets: () => assert.fail("no secrets are looked at here"),
      changeSecrets: () => assert.fail("no secrets are changed here"),
      recover: () => assert.fail("no state is looked for here"),
      wasRecovering: () => false,
      forgetHalfRecovered: () => assert.fail("no recovery was broken off here"),
      importRecovered: () => assert.fail("no state is put in place here"),
    }),
    standIns: async () => ({ standIn: () => standIn }),
    engine: async () => ({
      previewEnvironment: operation("preview"),
      upEnvironment: operation("up"),
      refreshEnvironment: operation("refresh"),
      driftOfEnvironment: operation("drift"),
      destroyEnvironment: operation("destroy"),
      readLoss: async () => {
        if (failure !== undefined) throw failure;
        return loss;
      },
      readOutputs: async () => outputs,
      readRecorded: async () => ({}),
      readRotations: async () => rotations,
      readMachines: async () => ({}),
      withCluster: () => assert.fail("no cluster is reached here"),
    }),
  };
}
