import { rmSync } from "node:fs";
import { readIfThere, writeWhole } from "../host/files";
import { LAYERS, type Layer } from "../model/layers";
import { OperationFailedError } from "./errors";
import { forgetHalfChanged, type HalfChanged, halfChanged, keepHalfChanged, refuseHalfChanged } from "./half-changed";
import { asOnlyWriter } from "./held";
import { asOnlyOne } from "./only-one";
import { requireFree } from "./prepare";
import { found } from "./read";
import { type ConfiguredSecrets, configuredSecrets, stackConfigFile } from "./stack-config";
import { copyState } from "./state/copy";
import { parseState } from "./state/state";
import { secretsOf } from "./state/summary";
import { openState, readQuiet, type StoredStack } from "./states";
import { translateErrors } from "./translate";
import type { EngineTarget, RunOptions } from "./types";

/** How the secrets of one stack are encrypted. */
export interface StackSecrets {
  readonly stack: string;
  readonly layer?: Layer;
  /** By its state. */
  readonly state?: { readonly provider: string; readonly key?: string };
  /** By its configuration. */
  readonly config: ConfiguredSecrets;
  /** The configuration's file. */
  readonly file: string;
  /** What the configuration named before a change that was begun; now, where none was. */
  readonly before?: string;
}

/** How an environment's secrets are encrypted. */
export interface EnvironmentSecrets {
  readonly stacks: readonly StackSecrets[];
  /** The provider that a change leads to which was broken off. */
  readonly begun?: string;
}

/** How the secrets of an environment's stacks are encrypted; no stacks where there are none. */
export async function readSecrets(target: EngineTarget, options: RunOptions = {}): Promise<EnvironmentSecrets> {
  return await translateErrors("state secrets", target, options, undefined, async () => {
    const begun = halfChanged(target);
    const stacks = [];
    for (const layer of [undefined, ...LAYERS]) {
      const one = await secretsIn(target, layer, options);
      if (one === undefined) continue;
      const kept = begun?.stacks[one.stack];
      const before = kept === undefined ? one.config.provider : (kept.provider ?? undefined);
      stacks.push({ ...one, ...(before === undefined ? {} : { before }) });
    }
    return { stacks, ...(begun ? { begun: begun.to } : {}) };
  });
}

async function secretsIn(target: EngineTarget, layer: Layer | undefined, options: RunOptions): Promise<StackSecrets | undefined> {
  const { setting, stack } = await openState(target, layer, options);
  const exported = await found(stack.exportState(false));
  if (exported === undefined) return undefined;
  const state = secretsOf(parseState(exported));
  return {
    ...{ stack: setting.stack, config: configuredSecrets(setting), file: stackConfigFile(setting) },
    ...(layer ? { layer } : {}),
    ...(state ? { state } : {}),
  };
}

/**
 * Encrypts the secrets of all stacks of an environment, in states and configurations, by another provider. Cut off anywhere, the same call goes on.
 * @param keep keeps the states as they are, before anything is changed
 * @param passphrase the new one, where one passphrase takes another's place
 * @throws RefusedError where a change to another provider was broken off; StackBusyError, OperationFailedError
 */
export async function changeSecrets(
  target: EngineTarget,
  to: string,
  keep: (states: readonly StoredStack[]) => void,
  passphrase?: string,
  options: RunOptions = {},
): Promise<void> {
  const alone = (work: () => Promise<void>) => asOnlyOne(target, () => asOnlyWriter("state secrets", target, options, work));
  await alone(async () => {
    const states = await readQuiet("state secrets", target, options);
    const { stacks } = await readSecrets(target, options);
    const begun = begin(target, to, stacks, () => keep(states));
    await translateErrors("state secrets", target, options, undefined, async () => {
      for (const one of stacks) await changeStack(target, one, begun, passphrase, options);
    });
    forgetHalfChanged(target);
  });
}

async function changeStack(
  target: EngineTarget,
  { stack: name, file, layer, ...secrets }: StackSecrets,
  { to, stacks }: HalfChanged,
  passphrase: string | undefined,
  options: RunOptions,
): Promise<void> {
  const before = stacks[name];
  if (before === undefined || isChanged(secrets, to, before.key)) return;
  // It has one already, and the engine would ask for another, and take none for an empty one.
  if (to === "passphrase" && passphrase === undefined && (before.provider ?? to) === to) return;
  const { command, setting } = await openState(target, layer, options);
  requireFree(target, setting);
  if (before.config === null) rmSync(file, { force: true });
  else if (readIfThere(file) !== before.config) writeWhole(file, before.config);
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  tell(`encrypting the secrets of ${name} anew`);
  const args = ["stack", "change-secrets-provider", to, "--stack", name];
  await command.run(args, setting.workDir, {}, passphrase === undefined ? "" : `${passphrase}\n`);
  const now = await secretsIn(target, layer, options);
  if (now === undefined || !isChanged(now, to, before.key))
    throw new OperationFailedError(`The engine has not changed the secrets provider of ${name}: run the same command again.`);
  copyState(target.root, setting, tell);
}

/** Whether state and configuration of a stack are both through. */
function isChanged({ state, config }: Pick<StackSecrets, "state" | "config">, to: string, former: string | null): boolean {
  return state?.provider === to && config.provider === to && state.key === config.key && state.key !== undefined && state.key !== former;
}

/** Begins a change, or goes on with the one that was begun. One of which nothing was done yet is forgotten. */
function begin(target: EngineTarget, to: string, stacks: readonly StackSecrets[], keep: () => void): HalfChanged {
  const begun = halfChanged(target);
  if (begun?.to === to) return begun;
  const now = stacks.map(({ stack, state, config, file }) => {
    const kept = { config: readIfThere(file) ?? null, provider: config.provider ?? null, key: state?.key ?? null };
    return [stack, kept] as const;
  });
  if (
    begun !== undefined &&
    now.some(([stack, { config, key }]) => begun.stacks[stack]?.config !== config || begun.stacks[stack]?.key !== key)
  )
    refuseHalfChanged(target);
  keep();
  const change: HalfChanged = { to, stacks: Object.fromEntries(now) };
  keepHalfChanged(target, change);
  return change;
}
