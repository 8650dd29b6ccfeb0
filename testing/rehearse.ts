import type { PulumiFn } from "@pulumi/pulumi/automation";
import { runOperation } from "../engine/run-operation";
import type { OperationKind, OperationResult } from "../engine/types";
import { STAND_IN } from "../providers/clouds";
import { type EnvironmentSpec, planSpec } from "../stacks/spec";

/** A program that is tried in the sandbox. */
export interface Rehearsal {
  /** Names the stack and its simulated cloud; where the program makes an environment, that one's name. */
  readonly name: string;
  /** What registers the resources, and gives the stack's outputs. */
  readonly program: PulumiFn;
  /** The fields of the environment that the program makes: what they name of the cloud exists in the simulated one. @default an empty cloud's */
  readonly fields?: EnvironmentSpec;
  /** The folder that the sandbox is kept in, as `.kpaas/`. @default the current one */
  readonly root?: string;
}

/**
 * One operation of the real engine on a program of one's own, with everything outside simulated: no account, no credential, no network.
 * What `up` made stays, for the next operation to meet it, until `destroy`.
 * @throws what the program throws; OperationFailedError with what the engine and the simulated clouds say
 */
export async function rehearse(kind: OperationKind, { name, program, fields, root = process.cwd() }: Rehearsal): Promise<OperationResult> {
  const { plan } = planSpec(name, fields ?? { infrastructure: { provider: STAND_IN } });
  const runs = kind === "preview" || kind === "up";
  return await runOperation(kind, { plan, root, sandbox: true, approvals: [] }, runs ? program : undefined, {});
}
