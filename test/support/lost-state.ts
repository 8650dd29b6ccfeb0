import { rmSync } from "node:fs";
import { join } from "node:path";
import { upEnvironment } from "../../engine/operations";
import { type Hints, importRecovered, type Recovered, recover } from "../../engine/recover";
import { stateFile } from "../../engine/state/copy";
import { parseState, plain, type StateResource } from "../../engine/state/state";
import { openState, readStates, type StoredStack } from "../../engine/states";
import type { EngineTarget } from "../../engine/types";
import { sandboxSetting } from "../../engine/workspace";
import type { Layer } from "../../model/layers";
import { environmentFile, plannedFile } from "./environment";

/** An environment of the sandbox in a folder. */
export function targetIn(root: string, fields: Record<string, unknown>): EngineTarget {
  const { plan } = plannedFile(environmentFile({ name: "seoul", profile: "minimal", ...fields }));
  return { plan, root, sandbox: true, approvals: [] };
}

const resourcesOf = (states: readonly StoredStack[]): StateResource[] => states.flatMap(({ state }) => state.deployment.resources ?? []);

/** Takes an environment's states away, or those of some layers, and every copy of them; gives what all were, and the key of its machines. */
export async function lose(
  target: EngineTarget,
  layers?: readonly Layer[],
): Promise<{ readonly before: StoredStack[]; readonly sshKey: string | undefined }> {
  const before = await readStates(target);
  const { backendFolder = "", project } = sandboxSetting(target.root, target.plan);
  let sshKey: string | undefined;
  for (const { stack, layer } of before) {
    const revealed = parseState(await (await openState(target, layer, {})).stack.exportState(true));
    const key = revealed.deployment.resources?.find(({ urn }) => urn.endsWith("-ssh-key"));
    sshKey ??= key && String(plain(key.outputs ?? {}).privateKeyOpenssh);
    if (layers === undefined || (layer && layers.includes(layer))) rmSync(stateFile(backendFolder, project, stack));
  }
  for (const name of ["states", "pending"]) rmSync(join(target.root, ".kpaas", name), { recursive: true, force: true });
  return { before, sshKey };
}

/** What providers cannot be asked for: types, or what is in them. */
export const UNASKED = [
  "compute/serverGroup:ServerGroup",
  "loadbalancer/listener:Listener",
  "loadbalancer/member:Member",
  "loadbalancer/monitor:Monitor",
  "dns/recordSet:RecordSet",
  "applicationCredential:ApplicationCredential",
  "lb/targetGroupAttachment:TargetGroupAttachment",
  "computeClusterVmAntiAffinityRule",
  "keycloak:index/",
  "keycloak:openid/",
] as const;

/** What a person who looks into the cloud can tell of these types. */
export function seen(before: readonly StoredStack[], ...types: readonly string[]): Record<string, string> {
  const known = resourcesOf(before).filter(({ type }) => types.some((one) => type.includes(one)));
  return Object.fromEntries(known.map(({ urn, id = "" }) => [urn, id]));
}

/** Findings of other outcomes than those, a line each. */
export const unlike = (findings: Recovered["findings"], ...outcomes: readonly string[]): string[] =>
  findings
    .filter(({ outcome }) => !outcomes.includes(outcome))
    .map(({ outcome, urn, reason }) => `${outcome} ${urn.split("::").at(-1)} ${reason}`)
    .sort();

/** Loses an environment's state, finds it again and goes on with it. */
export async function lifeWithout(target: EngineTarget, hints: (lost: Awaited<ReturnType<typeof lose>>) => Hints) {
  await upEnvironment(target);
  const lost = await lose(target);
  const recovered = await recover(target, hints(lost));
  await importRecovered(target, recovered.states, []);
  const { changes } = await upEnvironment(target);
  const { same: _same, ...again } = changes;
  const { same, ...third } = (await upEnvironment(target)).changes;
  return { ...recovered, before: lost.before, again, third, same };
}

/** What the cloud and the cluster know, by what the state calls it. */
export const idsOf = (states: readonly StoredStack[]): string[] =>
  resourcesOf(states)
    .filter(({ type, custom }) => custom === true && !/^(random|tls|pulumi):/.test(type))
    .map(({ urn, id = "" }) => `${urn} ${id}`)
    .sort();

/** Counts of an operation that had nothing to do. */
export const NOTHING = { create: 0, update: 0, replace: 0, delete: 0 };
