import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { makeFolder, PRIVATE, PRIVATE_FOLDER, removeFolder, writeWhole } from "../host/files";
import { fields } from "../model/data";
import { LAYERS, type Layer, stackName } from "../model/layers";
import { Findings, InvalidInputError, RefusedError } from "../model/problems";
import { ANSIBLE_PLAYBOOK, HARBOR_PROJECT, HARBOR_ROBOT, KUBESPRAY_CLUSTER } from "../model/type-tokens";
import { GENERATED } from "./adopt/generated";
import { type Finding, type Note, Notes } from "./adopt/notes";
import { LEFT } from "./adopt/service";
import type { Adoption } from "./adopt/setting";
import { notKnownYet, OLDER, type Value, withNewer, wrongNames } from "./adopt/told";
import { OperationFailedError } from "./errors";
import type { ChangedResource } from "./events";
import { keepHalfRecovered } from "./half-recovered";
import { asOnlyOne } from "./only-one";
import { previewEnvironment, refreshEnvironment, upEnvironment } from "./operations";
import { changeDependencies, parseState, plain, type StateResource } from "./state/state";
import { openState, readStates, replaceStates, type StoredStack } from "./states";
import type { EngineTarget, RunOptions } from "./types";

/** What is told of what nobody can be asked. */
export interface Hints {
  /** Ids by logical name or URN. */
  readonly ids?: Readonly<Record<string, string>>;
  /** The private key that machines were made with, in PEM or OpenSSH's format. */
  readonly sshKey?: string;
  /** An older backup of the states: generated values, and ids that nobody can be asked for. */
  readonly older?: readonly StoredStack[];
}

/** What was found of an environment whose state is lost. */
export interface Recovered {
  /** Of every resource that the environment's file asks for. */
  readonly findings: readonly Finding[];
  /** What an `up` would change by the states that were put together. */
  readonly changes: readonly ChangedResource[];
  /** Those states. */
  readonly states: readonly StoredStack[];
}

/** Where it is worked on an environment. */
export const recoveryFolder = ({ root, plan, sandbox }: Pick<EngineTarget, "root" | "plan" | "sandbox">): string =>
  join(root, ".kpaas", "recover", `${sandbox ? "sandbox-" : ""}${plan.environment}`);

/**
 * Puts the states of an environment together again by asking its cloud and its cluster. Nothing is made, changed or deleted there, and the
 * environment's own backend is not touched: all of it is done in a folder, from the beginning each time.
 * @param standing the stacks of layers that are not lost: they are taken as they are, and only the others are looked for
 * @throws InvalidInputError where ids are told for what is not looked for; StackBusyError where somebody on this host works on it
 */
export async function recover(
  target: EngineTarget,
  hints: Hints,
  standing: readonly StoredStack[] = [],
  options: RunOptions = {},
): Promise<Recovered> {
  return await asOnlyOne(target, () => findAll(target, hints, standing, options));
}

async function findAll(
  target: EngineTarget,
  { ids = {}, sshKey, older = [] }: Hints,
  standing: readonly StoredStack[],
  options: RunOptions,
): Promise<Recovered> {
  const folder = recoveryFolder(target);
  removeFolder(folder);
  makeFolder(folder, PRIVATE_FOLDER);
  const adoption: Adoption = { folder, root: target.root, key: randomBytes(32) };
  const adopting = { ...target, root: folder, adoption };
  const isLost = (layer?: Layer) => !standing.some((one) => one.layer === layer);
  const lost = (target.plan.layers === "one" ? [undefined] : LAYERS.filter(isLost)).map((layer) =>
    layer ? { ...adopting, layer } : adopting,
  );
  try {
    const asked = older.filter(({ layer }) => isLost(layer));
    const { recalled, values, login = sshKey } = await recall(adopting, asked, standing, options);
    writeWhole(join(folder, "ids.json"), JSON.stringify({ ids, recalled }), { mode: PRIVATE, durable: false });
    // With nothing in place, so that each layer is predicted for the one above.
    await beginAnew(adopting, [], options);
    const stacks = lost.map(({ layer }) => `urn:pulumi:${stackName(target.plan.environment, layer)}::`);
    const all = (await previewEnvironment(adopting, options)).resources;
    const planned = all.filter(({ urn }) => stacks.some((stack) => urn.startsWith(stack)));
    const wrong = new Findings();
    wrong.add(wrongNames(ids, all, isAsked));
    if (wrong.hasErrors) throw new InvalidInputError(wrong.toProblems(target.plan.environment));
    const key = planned.find(({ type, name }) => type.endsWith(":PrivateKey") && name.endsWith(LOGIN_KEY));
    let known = values;
    if (login !== undefined && key !== undefined) {
      const output = login.includes("OPENSSH") ? "privateKeyOpenssh" : "privateKeyPem";
      const from = sshKey === undefined ? "the cluster's stack" : "the key that was given";
      known = withNewer(known, [{ kind: "value", urn: key.urn, output, value: login, from }]);
    }
    for (let times = 0; times < MOST_LOOKS; times++) {
      await beginAnew(adopting, standing, options);
      await look(adopting, lost, known, options);
      // By now it is known where generated values are meant to be, and what is there. Names may hold their digests: with them more is found.
      const more = notKnownYet(known, notesOf(adoption));
      if (more.length === 0) break;
      known = withNewer(known, more);
    }
    const findings = withUnreached(planned, notesOf(adoption));
    if (!findings.some(({ outcome }) => outcome === "found")) return { findings, changes: [], states: [] };
    for (const one of lost) await refreshEnvironment(one, options);
    const changes = await previewEach(lost, options);
    const states = (await readStates(adopting, options)).filter(({ layer }) => isLost(layer)).map(withoutLeft);
    return { findings, changes, states };
  } finally {
    removeFolder(folder);
  }
}

/** How often it is looked at most: each time what was learned before leads further. */
const MOST_LOOKS = 6;

/** Ends the logical name of the key that machines are made with. */
const LOGIN_KEY = "-ssh-key";

/** What older states tell, and the key of the machines as the cluster's stack has it. They are put in place where it is looked, to be read with their secrets, and go. */
async function recall(
  adopting: EngineTarget,
  older: readonly StoredStack[],
  standing: readonly StoredStack[],
  options: RunOptions,
): Promise<{ readonly recalled: Record<string, string>; readonly values: Value[]; readonly login?: string }> {
  const recalled: Record<string, string> = {};
  const values: Value[] = [];
  let login: string | undefined;
  await beginAnew(adopting, [...older, ...standing], options);
  for (const stored of [...older, ...standing]) {
    if (standing.includes(stored) && stored.layer !== "cluster") continue;
    const { stack } = await openState(adopting, stored.layer, options);
    for (const { urn, type, id, custom, inputs, outputs } of parseState(await stack.exportState(true)).deployment.resources ?? []) {
      if (type === KUBESPRAY_CLUSTER) login = textIn(fields(plain(inputs ?? {}).ssh).privateKey);
      if (standing.includes(stored) || custom !== true || type.startsWith("pulumi:")) continue;
      if (GENERATED[type] === undefined) recalled[urn] = id ?? "";
      else
        for (const [output, value] of Object.entries(plain(outputs ?? {})))
          if (typeof value === "string") values.push({ kind: "value", urn, output, value, from: OLDER });
    }
  }
  return { recalled, values, ...(login === undefined ? {} : { login }) };
}

const textIn = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Takes away what an earlier look has left, and puts the stacks in place that are taken as they are. */
async function beginAnew(adopting: EngineTarget, standing: readonly StoredStack[], options: RunOptions): Promise<void> {
  for (const name of ["notes", "backend", ".kpaas"]) removeFolder(join(adopting.root, name));
  if (standing.length > 0) await replaceStates(adopting, standing, [], () => undefined, options);
}

/** What an `up` would change in layers, one after the other. */
async function previewEach(lost: readonly EngineTarget[], options: RunOptions): Promise<ChangedResource[]> {
  const changes: ChangedResource[] = [];
  for (const one of lost)
    try {
      changes.push(...(await previewEnvironment(one, options)).resources);
    } catch (error) {
      // It stands on a layer that was not found: nothing of it was asked for, and is told so.
      if (!(error instanceof RefusedError) || one === lost[0]) throw error;
    }
  return changes;
}

/** Looks for everything that is lost, with no record of an earlier look but the values that are known. */
async function look(
  { adoption, root }: EngineTarget & { readonly adoption: Adoption },
  lost: readonly EngineTarget[],
  known: readonly Note[],
  options: RunOptions,
): Promise<void> {
  const notes = new Notes(join(root, "notes"), adoption.key, "known");
  for (const note of known) notes.add(note);
  for (const one of lost)
    try {
      await upEnvironment(one, options);
    } catch (error) {
      // What is not there fails, and is among the findings; what stands on it cannot be looked for.
      const isStopped = error instanceof OperationFailedError || (error instanceof RefusedError && one !== lost[0]);
      if (!isStopped || findingsIn(notesOf(adoption)).length === 0) throw error;
    }
}

function notesOf({ folder, key }: Adoption): Note[] {
  return new Notes(join(folder, "notes"), key, "known").all();
}

function findingsIn(notes: readonly Note[]): Finding[] {
  return notes.flatMap((note) => {
    if (note.kind !== "finding") return [];
    const { kind: _kind, ...finding } = note;
    return [finding];
  });
}

/** The findings, with what was not asked for because of something that it needs and that was not found. Pure. */
function withUnreached(planned: readonly ChangedResource[], notes: readonly Note[]): Finding[] {
  const findings = findingsIn(notes);
  const asked = new Set(findings.map(({ urn }) => urn));
  const unreached = planned.filter(({ op, urn, type }) => op === "create" && !asked.has(urn) && isAsked(type));
  const reason = "something that it needs was not found";
  return [...findings, ...unreached.map(({ urn, type }): Finding => ({ urn, type, outcome: "unasked", reason }))];
}

/** The resources of the plugin; all other types of kpaas are components. */
const OWN_RESOURCES: readonly string[] = [KUBESPRAY_CLUSTER, ANSIBLE_PLAYBOOK, HARBOR_PROJECT, HARBOR_ROBOT];

/** Components and providers are names in the state. */
function isAsked(type: string): boolean {
  return OWN_RESOURCES.includes(type) || (/^[a-z][\w-]*:[\w./-]+:\w+$/.test(type) && !/^(kpaas|pulumi):/.test(type));
}

/** A state in which what the next `up` sees to is open, as after a creation whose end nobody knows. */
function withoutLeft(stored: StoredStack): StoredStack {
  const all = stored.state.deployment.resources ?? [];
  const left = all.filter(({ id }) => id === LEFT);
  if (left.length === 0) return stored;
  const gone = new Set(left.map(({ urn }) => urn));
  const kept = (urns: readonly string[]) => urns.filter((urn) => !gone.has(urn));
  const resources = all.filter(({ urn }) => !gone.has(urn)).map((one) => ({ ...one, ...changeDependencies(one, kept) }));
  const open = left.map(({ id: _id, outputs: _outputs, ...resource }): { type: string; resource: StateResource } => ({
    type: "creating",
    resource,
  }));
  const { pending_operations: before = [] } = stored.state.deployment;
  const exported = JSON.stringify({
    ...stored.state,
    deployment: { ...stored.state.deployment, resources, pending_operations: [...before, ...open] },
  });
  return { ...stored, exported, state: parseState(exported) };
}

/**
 * Puts the states that were found in place. Broken off, they are looked for again, and what was put in place already is no state that stands;
 * until then whatever changes the environment is refused.
 * @param shown the stacks as they are now
 */
export async function importRecovered(
  target: EngineTarget,
  states: readonly StoredStack[],
  shown: readonly StoredStack[],
  options: RunOptions = {},
): Promise<void> {
  await replaceStates(target, states, shown, () => keepHalfRecovered(target, states), options);
}
