import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { Layer } from "../model/layers";
import { describeProblem } from "../model/problems";
import type { Forwards } from "../reach/forward";
import type { Tunnel } from "../reach/tunnel";
import { messageOf } from "./events";
import { asOnlyHost } from "./held";
import { Judgements } from "./judgements";
import { KINDS } from "./kinds";
import { walkLayers } from "./layers";
import { asOnlyOne } from "./only-one";
import { readClusterState, readOutputs, readStackOutputs } from "./read";
import { runOperation } from "./run-operation";
import { splitOneStack } from "./split";
import { openForwardsFor, openTunnelFor } from "./tunnel";
import type { EngineTarget, OperationKind, OperationResult, RunOptions } from "./types";

/**
 * Shows what `up` would change. Creates the environment's (empty) stack if there is none yet.
 * @throws RefusedError, InvalidInputError from the program; OperationFailedError, StackBusyError, InterruptedError, EngineMissingError.
 */
export async function previewEnvironment(target: EngineTarget, options: RunOptions = {}): Promise<OperationResult> {
  return await inLayers("preview", target, options);
}

/** Brings the environment to what its plan says, without a preview of its own. Throws as {@link previewEnvironment} does. */
export async function upEnvironment(target: EngineTarget, options: RunOptions = {}): Promise<OperationResult> {
  return await inLayers("up", target, options);
}

/** Reads what is really there into the state; the changes are the drift found. @throws StackMissingError and as {@link previewEnvironment}. */
export async function refreshEnvironment(target: EngineTarget, options: RunOptions = {}): Promise<OperationResult> {
  return await inLayers("refresh", target, options);
}

/** Tells what is really there otherwise than recorded, and leaves the record as it is. Throws as {@link refreshEnvironment} does. */
export async function driftOfEnvironment(target: EngineTarget, options: RunOptions = {}): Promise<OperationResult> {
  return await inLayers("drift", target, options);
}

/**
 * Destroys everything of the environment, protected data too, then removes its stack. The caller has named what is lost and was told to
 * go on: `protect` guards data against changes, not against this. @throws StackMissingError and as {@link previewEnvironment}.
 */
export async function destroyEnvironment(target: EngineTarget, options: RunOptions = {}): Promise<OperationResult> {
  return await inLayers("destroy", target, options);
}

/** An operation on the environment's stack, or on those of its layers in their order. What changes something is the only one at work. */
async function inLayers(kind: OperationKind, target: EngineTarget, options: RunOptions): Promise<OperationResult> {
  if (!KINDS[kind].changes) return await withTunnel(kind, target, options);
  return await asOnlyOne(target, () => asOnlyHost(kind, target, options, () => withTunnel(kind, target, options)));
}

async function withTunnel(kind: OperationKind, target: EngineTarget, options: RunOptions): Promise<OperationResult> {
  const { layer: _layer, ...whole } = target;
  const recorded = {
    outputs: () => readOutputs(whole, { ...options, showSecrets: true }),
    state: () => readClusterState(whole, options),
  };
  // A preview resolves nothing, so its program speaks first.
  const before = KINDS[kind].changes || !KINDS[kind].runsProgram ? recorded : undefined;
  const tunnel = await openTunnelFor(target, options, before);
  let forwards: Forwards | undefined;
  try {
    forwards = await openForwardsFor(target, options, before);
    return await walk(kind, target, options, { ...(tunnel ? { tunnel } : {}), ...(forwards ? { forwards } : {}) });
  } finally {
    await forwards?.close();
    await tunnel?.close();
  }
}

/** How what is private is reached. */
interface Ways {
  readonly tunnel?: Tunnel;
  readonly forwards?: Forwards;
}

async function walk(name: OperationKind, target: EngineTarget, options: RunOptions, ways: Ways): Promise<OperationResult> {
  const kind = KINDS[name];
  const judgements = new Judgements(({ approval, reason }) => {
    // A preview shows them beside its changes.
    if (kind.changes) options.onProgress?.(messageOf("info", `approved by ${approval}: ${reason}`));
  });
  const run = async (layer?: Layer, own: RunOptions = options): Promise<OperationResult> => {
    const settled = !kind.changes && target.layer === undefined;
    const one = layer === undefined ? target : { ...target, layer, settled };
    const program = kind.runsProgram ? programOf(one, ways, judgements, kind.changes ? own.onAccepted : undefined) : undefined;
    return await runOperation(name, one, program, own, judgements);
  };
  const result = await (async () => {
    if (target.plan.layers === "one") return await run();
    if (kind.changes) await splitOneStack(name, target, options, judgements);
    return await walkLayers(name, target, options, run, (layer) => readStackOutputs({ ...target, layer }, options));
  })();
  for (const problem of judgements.unused(target.plan.environment, target.approvals))
    options.onProgress?.(messageOf("warning", describeProblem(problem)));
  return { ...result, approved: judgements.approved };
}

function programOf(target: EngineTarget, ways: Ways, judgements: Judgements, onAccepted: (() => void) | undefined): PulumiFn {
  const { plan, approvals, sandbox, layer, folder, importFile, settled = false } = target;
  return async () => {
    // Loaded here, because only operations that run the program need the cloud SDKs.
    const { environmentProgram } = await import("../stacks/program.js");
    return await environmentProgram(plan, {
      approvals,
      sandbox,
      settled,
      onJudged: (verdict) => judgements.add(verdict),
      ...(layer ? { layer } : {}),
      ...(folder ? { folder } : {}),
      ...(importFile ? { importFile } : {}),
      ...ways,
      ...(onAccepted ? { onAccepted } : {}),
    })();
  };
}
