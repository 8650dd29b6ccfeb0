import type { Layer } from "../model/layers";
import type { Judgements } from "./judgements";
import { prepareStack } from "./prepare";
import { found } from "./read";
import { holdsAnything, moveToLayers } from "./state/move";
import { resolvePending } from "./state/pending";
import { pendingStack } from "./state/stack";
import { parseState } from "./state/state";
import { translateErrors } from "./translate";
import type { EngineTarget, OperationKind, RunOptions } from "./types";
import { openWorkspace } from "./workspace";

/** Moves the state of an environment that one stack still holds into the stacks of its layers. Nothing that it describes is touched. */
export async function splitOneStack(
  kind: OperationKind,
  { layer: _layer, ...whole }: EngineTarget,
  options: RunOptions,
  judgements: Judgements,
): Promise<void> {
  const { Stack } = await import("@pulumi/pulumi/automation/stack.js");
  const { plan, approvals } = whole;
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  const open = async (layer?: Layer) => {
    const { engine, setting } = await prepareStack(layer === undefined ? whole : { ...whole, layer }, options);
    const { workspace, command } = await openWorkspace(engine, setting, undefined, options);
    const stack = pendingStack(whole.root, { engine, setting, command }, options, tell);
    if (layer === undefined) await Stack.select(setting.stack, workspace);
    else await stack.create();
    const remove = () => workspace.removeStack(setting.stack, { force: true, preserveConfig: true });
    return { stack, remove };
  };
  await translateErrors(kind, whole, options, undefined, async () => {
    const one = await found(open());
    if (one === undefined || !holdsAnything(parseState(await one.stack.exportState(false)).deployment.resources ?? [])) return;
    // Broken creations are found where their providers are, before anything is told apart.
    judgements.count((await resolvePending(one.stack, plan.environment, approvals, kind === "destroy")).counted);
    tell(`moving the state of ${plan.environment} into the stacks of its three layers`);
    await moveToLayers(plan, one.stack, async (layer) => (await open(layer)).stack, one.remove);
  });
}
