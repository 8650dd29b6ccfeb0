import { LAYERS, type Layer, stackName } from "../model/layers";
import { RefusedError } from "../model/problems";
import { StackMissingError } from "./errors";
import { type Changes, messageOf } from "./events";
import type { EngineTarget, OperationKind, OperationResult, RunOptions } from "./types";

/** Runs the operation on the stack of one layer. */
type RunLayer = (layer: Layer, options?: RunOptions) => Promise<OperationResult>;

/**
 * An operation on an environment that three stacks hold. Up walks infrastructure → cluster → platform, and infrastructure once more where
 * machines were kept until the cluster had let them go; destroy walks down.
 * @param outputs the outputs of a layer's stack; undefined where there is none
 * @throws RefusedError where a layer is to be destroyed under one that stands on it
 */
export async function walkLayers(
  kind: OperationKind,
  target: EngineTarget,
  options: RunOptions,
  run: RunLayer,
  outputs: (layer: Layer) => Promise<unknown>,
): Promise<OperationResult> {
  const exists = async (layer: Layer): Promise<boolean> => (await outputs(layer)) !== undefined;
  if (target.layer !== undefined) {
    if (kind === "destroy") await requireNothingAbove(target.plan.environment, target.layer, exists);
    return await run(target.layer);
  }
  const results: OperationResult[] = [];
  if (kind === "refresh" || kind === "drift" || kind === "destroy") {
    for (const layer of kind === "destroy" ? [...LAYERS].reverse() : LAYERS) if (await exists(layer)) results.push(await run(layer));
    if (results.length === 0) throw new StackMissingError(target.plan.environment);
    return merged(results);
  }
  const { onAccepted: _accepted, ...later } = options;
  for (const layer of LAYERS) {
    const result = await run(layer, layer === "infrastructure" ? options : later);
    if (result.outputs.predicted === true) {
      const text = `the ${layer} is previewed against what the plan predicts: the layer below is not there yet, or older than the file`;
      options.onProgress?.(messageOf("info", text));
    }
    results.push(result);
  }
  const retiring = results[0]?.outputs.retiring;
  if (kind !== "up" || !Array.isArray(retiring) || retiring.length === 0) return merged(results);
  const released = await run("infrastructure", later);
  // What stayed unchanged was counted in the first pass.
  return merged([...results, { ...released, changes: { ...released.changes, same: -released.changes.delete } }]);
}

async function requireNothingAbove(environment: string, layer: Layer, exists: (layer: Layer) => Promise<boolean>): Promise<void> {
  for (const above of LAYERS.slice(LAYERS.indexOf(layer) + 1).reverse()) {
    if (!(await exists(above))) continue;
    throw new RefusedError([
      {
        environment,
        path: "layers",
        reason: `the stack ${stackName(environment, above)} stands on ${stackName(environment, layer)}`,
        remedy: `destroy it first: \`kpaas destroy ${environment} --layer ${above}\`, or all with \`kpaas destroy ${environment}\``,
        severity: "error",
      },
    ]);
  }
}

/** The results of several stacks as one. */
function merged(results: readonly OperationResult[]): OperationResult {
  const sum = (field: keyof Changes): number => results.reduce((total, { changes }) => total + changes[field], 0);
  return {
    environment: results[0]?.environment ?? "",
    changes: { create: sum("create"), update: sum("update"), replace: sum("replace"), delete: sum("delete"), same: sum("same") },
    steps: results.flatMap(({ steps }) => steps),
    outputs: withoutInternals(Object.assign({}, ...results.map(({ outputs }) => outputs))),
    // What the first layer records of the machines is the one that counts: each layer keeps a copy of its last run.
    before: withoutInternals(Object.assign({}, ...results.map(({ before }) => before).reverse())),
    seconds: results.reduce((total, { seconds }) => total + seconds, 0),
    resources: results.flatMap(({ resources }) => resources),
    approved: results.at(-1)?.approved ?? [],
  };
}

/** Outputs without what the layers only tell each other. */
export function withoutInternals({
  contract: _contract,
  predicted: _predicted,
  retiring: _retiring,
  ...outputs
}: Record<string, unknown>): Record<string, unknown> {
  return outputs;
}
