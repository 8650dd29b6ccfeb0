import { Config, getOrganization, getProject, getRootDirectory, getStack, RunError, runtime } from "@pulumi/pulumi";
import { appliedState, findDangers, parseApplied, refusals } from "../model/guard";
import type { EnvironmentPlan } from "../model/plan/types";
import { InvalidInputError, RefusedError } from "../model/problems";
import { Environment } from "./environment";
import { loadEnvironment } from "./load";
import { resolveSecrets, withStandIns } from "./secrets";

export interface ProgramOptions {
  /** Dangerous changes let through, `KEY:ACTION`; those of the configuration `kpaas:approve` are added. */
  readonly approvals: readonly string[];
  /** True: secrets are not resolved. */
  readonly sandbox: boolean;
  /** Called once nothing stands against the plan any more, before anything is registered: the moment to fix its lock file. */
  readonly onAccepted?: () => void;
}

/** The Pulumi program of one environment: guards, then registers everything, and gives the stack's outputs. */
export function environmentProgram(plan: EnvironmentPlan, options: ProgramOptions): () => Promise<Record<string, unknown>> {
  return async () => {
    await guard(plan, options.approvals);
    const wanted = options.sandbox ? withStandIns(plan) : plan;
    const secrets = options.sandbox ? {} : await resolveSecrets(plan);
    options.onAccepted?.();
    const environment = new Environment(plan.environment, { plan: wanted, secrets });
    return { ...environment.outputs, applied: appliedState(plan) };
  };
}

/** What `pulumi up` runs in this project: the stack's name selects the environment. */
export async function pulumiProgram(): Promise<Record<string, unknown>> {
  try {
    const loaded = loadEnvironment(getStack(), getRootDirectory());
    if (!loaded.planned) throw new InvalidInputError(loaded.problems);
    const { plan, lockState, lockChanges } = loaded.planned;
    if (lockState !== "current") {
      throw new RefusedError(
        (lockChanges.length > 0 ? lockChanges : [{ path: "" }]).map(({ path, ...change }) => ({
          environment: loaded.name,
          path: path === "" ? "lock" : `lock.${path}`,
          reason: `the lock file is ${lockState}: ${JSON.stringify(change)}`,
          remedy: `run \`kpaas lock ${loaded.name}\`, review the lock file and commit it`,
          severity: "error",
        })),
      );
    }
    return await environmentProgram(plan, { approvals: [], sandbox: false })();
  } catch (error) {
    // The reader must act, not we: no stack trace.
    if (error instanceof InvalidInputError || error instanceof RefusedError) throw new RunError(error.message);
    throw error;
  }
}

/** Compares the plan with what the stack's own outputs say is there, before anything is registered. */
async function guard(plan: EnvironmentPlan, approvals: readonly string[]): Promise<void> {
  const name = `${getOrganization()}/${getProject()}/${getStack()}`;
  const answer = await runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  const applied = parseApplied((answer.outputs as Record<string, unknown> | undefined)?.applied);
  const dangers = findDangers(applied, plan);
  const lasting = new Config("kpaas").get("approve")?.split(/[\s,]+/) ?? [];
  const open = refusals(plan, dangers, approvals).filter((problem) =>
    refusals(plan, dangers, lasting, true).some((each) => each.path === problem.path && each.reason === problem.reason),
  );
  if (open.length > 0) throw new RefusedError(open);
}
