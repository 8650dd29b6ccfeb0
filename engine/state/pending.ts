import { fingerprintOf } from "../../model/canonical";
import type { Values } from "../../model/findable";
import { parseApproval } from "../../model/guard/approvals";
import { type Problem, RefusedError } from "../../model/problems";
import { nameOf, typeOf } from "../events";
import type { Answer, Lookup } from "./answer";
import { cloudOfResource } from "./clouds";
import { findable, SEVERAL } from "./findable";
import { type PendingOperation, parseState, plain, type State, type StateResource } from "./state";
import { completed } from "./unanswered";

/** What {@link resolvePending} needs of the stack. */
export interface PendingStack {
  /** The exported state, as text. */
  exportState(showSecrets: boolean): Promise<string>;
  /** Replaces the state. The engine drops the open operations of what it imports. */
  importState(state: string): Promise<void>;
  /** Open operations that are kept beside the state. */
  remembered(): readonly PendingOperation[];
  /** Keeps these, and no others, beside the state. */
  remember(operations: readonly PendingOperation[]): void;
  /** Reads what is really there of these resources into the state. */
  refresh(urns: readonly string[]): Promise<void>;
  /** Deletes these resources, and nothing else. */
  delete(urns: readonly string[]): Promise<void>;
  /** Runs a program as a preview, so that it can ask providers; it changes nothing. */
  ask(program: () => Promise<void>): Promise<void>;
  tell(text: string): void;
}

/** What was found out about operations that were broken off. */
export interface Resolution {
  /** The state, where it was looked at and is still the same. */
  readonly state?: State;
  /** Creations of which only the cloud's refusal to repeat them can tell. */
  readonly unproven: readonly StateResource[];
  /** The approvals of absence that counted. */
  readonly counted: readonly string[];
}

/** Names the operations that earlier runs left open, for a preview, which resolves none of them. Counts the approvals that will count. */
export async function tellPending(stack: PendingStack, approvals: readonly string[] = []): Promise<Resolution> {
  const state = parseState(await stack.exportState(false));
  const operations = allOf(state, stack);
  if (operations.length > 0)
    stack.tell(`an earlier operation was broken off; \`up\` first finds out what became of ${operations.map(described).join(", ")}`);
  for (const text of forPerson(operations.filter((one) => !approvals.includes(absence(one))))) stack.tell(text);
  return { state, unproven: [], counted: operations.map(absence).filter((one) => approvals.includes(one)) };
}

/** Keeps operations of which nobody told the end, so that the next operation finds out. */
export function rememberMore(stack: Pick<PendingStack, "remembered" | "remember">, operations: readonly PendingOperation[]): void {
  const since = new Date().toISOString();
  const open = operations.filter(({ resource }) => findable(resource).how !== "nowhere").map((one) => ({ since, ...one }));
  const others = stack.remembered().filter(({ resource }) => !open.some((one) => one.resource.urn === resource.urn));
  if (open.length > 0) stack.remember([...others, ...open]);
}

/** What a person has to look for before the same command goes on, of the creations that are kept beside the state. */
export function tellUnanswered(stack: Pick<PendingStack, "remembered">): string[] {
  return forPerson(stack.remembered());
}

function forPerson(operations: readonly PendingOperation[]): string[] {
  return operations.flatMap((operation) => {
    const way = findable(operation.resource);
    return operation.type === "creating" && way.how === "person"
      ? [`Whether ${nameOf(operation.resource.urn)} was made nobody but you can tell: ${lookFor(operation, way.look)}.`]
      : [];
  });
}

function allOf(state: State, stack: Pick<PendingStack, "remembered">): PendingOperation[] {
  // The state was written last when the operation began, or after: an approval of it is of no later one of its name.
  const since = state.deployment.manifest?.time;
  const inState = (state.deployment.pending_operations ?? []).map((one) => (since === undefined ? one : { since, ...one }));
  const others = stack.remembered().filter(({ resource }) => !inState.some((one) => one.resource.urn === resource.urn));
  return [...inState, ...others].map((operation) => completed(operation, state));
}

/**
 * Finds out what became of the operations that an earlier run left open, before anything else is done: what a broken creation has made is taken
 * into the state, what it has not is forgotten, and what was being changed or deleted is read afresh.
 *
 * @param destroying the environment goes: what lives in its cluster goes with that, found or not
 * @param approvals `NAME:absent@OPERATION` for each creation of which a person has made sure that it left nothing
 * @param alone does it while nobody else does, where anything is open; it is read anew then
 * @throws RefusedError naming each creation of which nobody but a person can tell; the state is as it was then
 */
export async function resolvePending(
  stack: PendingStack,
  environment: string,
  approvals: readonly string[],
  destroying: boolean,
  alone: (work: () => Promise<Resolution>) => Promise<Resolution> = (work) => work(),
): Promise<Resolution> {
  const state = parseState(await stack.exportState(false));
  if (allOf(state, stack).length === 0) return { state, unproven: [], counted: [] };
  return await alone(() => resolveOpen(stack, environment, approvals, destroying));
}

async function resolveOpen(
  stack: PendingStack,
  environment: string,
  approvals: readonly string[],
  destroying: boolean,
): Promise<Resolution> {
  const state = parseState(await stack.exportState(false));
  const pending = allOf(state, stack);
  if (pending.length === 0) return { state, unproven: [], counted: [] };
  stack.tell(`finding out what became of what was broken off: ${pending.map(described).join(", ")}`);

  const creations = pending.filter(({ type }) => type === "creating");
  const asked = creations.filter((operation) => {
    const { deletedWith } = operation.resource;
    return findable(operation.resource).how !== "nowhere" && !(destroying && deletedWith) && !approvals.includes(absence(operation));
  });
  const revealed = asked.length === 0 ? undefined : parseState(await stack.exportState(true));
  const inputsOf = (urn: string): Values => {
    const operation = revealed === undefined ? undefined : allOf(revealed, stack).find(({ resource }) => resource.urn === urn);
    return plain(operation?.resource.inputs ?? {});
  };
  const operationOf = (resource: StateResource) => asked.find((one) => one.resource === resource)!;
  const problems: Problem[] = [];
  const unproven: StateResource[] = [];
  const ids = new Map<StateResource, { readonly id: string; readonly unfinished?: boolean }>();
  const lookups: Lookup[] = [];
  for (const operation of asked) {
    const { resource } = operation;
    const way = findable(resource);
    const inputs = inputsOf(resource.urn);
    if (way.how === "id") {
      const id = way.id(inputs);
      if (id !== "" && !isAnothers(state, resource, id)) ids.set(resource, { id });
    } else if (way.how === "lookup") lookups.push({ resource, inputs, ways: way.ways });
    else if (way.how === "refusal") unproven.push(resource);
    else if (way.how === "person") problems.push(lookYourself(environment, operation, text(inputs.name), way.look, approvals));
  }
  for (const { resource, id, unfinished = false, trouble } of await answersTo(lookups, stack, revealed?.deployment.resources ?? [])) {
    if (trouble !== undefined) problems.push(couldNotAsk(environment, operationOf(resource), trouble));
    else if (id !== undefined && !isAnothers(state, resource, id)) ids.set(resource, { id, unfinished });
  }
  if (problems.length > 0) throw new RefusedError(problems);

  const found = [...ids].map(([resource, { id, unfinished }]) => adopted(resource, id, unfinished));
  const changed = pending.filter(({ type }) => type !== "creating").map(({ resource }) => resource.urn);
  const resumed = withResources(state, found);
  // Until all of it has been read, it is kept beside the state: a kill or a failure from here on must not lose it.
  stack.remember(pending);
  await stack.importState(JSON.stringify(resumed));
  const unfinished = [...found, ...(state.deployment.resources ?? [])].filter(isUnfinished).map(({ urn }) => urn);
  const whole = found.filter((one) => !isUnfinished(one)).map(({ urn }) => urn);
  const urns = [...new Set([...whole, ...changed])].filter((urn) => isKnown(resumed, urn));
  if (urns.length > 0) await stack.refresh(urns);
  // Before anything is made: another of its name could not be, as long as it is there.
  if (unfinished.length > 0) await stack.delete(unfinished);
  stack.remember(pending.filter(({ resource }) => unproven.includes(resource)));
  return { unproven, counted: pending.map(absence).filter((one) => approvals.includes(one)) };
}

async function answersTo(lookups: readonly Lookup[], stack: PendingStack, recorded: readonly StateResource[]): Promise<Answer[]> {
  if (lookups.length === 0) return [];
  // Loaded here, because it needs the Pulumi SDK and is seldom needed itself.
  const { lookUp } = await import("./lookup.js");
  return await lookUp((program) => stack.ask(program), lookups, recorded);
}

/** Takes up the creations that the cloud just refused to repeat, by the ids its refusals name; false where they name none. */
export async function adoptRefused(
  stack: PendingStack,
  unproven: readonly StateResource[],
  refusals: ReadonlyMap<string, string>,
): Promise<boolean> {
  const found = unproven.flatMap((resource) => {
    const way = findable(resource);
    const id = way.how === "refusal" ? namedIn(way, refusals.get(resource.urn)) : undefined;
    return id === undefined ? [] : [adopted(resource, id)];
  });
  if (found.length === 0) return false;
  await stack.importState(JSON.stringify(withResources(parseState(await stack.exportState(false)), found)));
  await stack.refresh(found.map(({ urn }) => urn));
  stack.remember(stack.remembered().filter(({ resource }) => !found.some(({ urn }) => urn === resource.urn)));
  return true;
}

/** Whether the cloud has named, in refusing to make something twice, the one that is there. */
export function namesStanding(refusals: ReadonlyMap<string, string>): boolean {
  return [...refusals].some(([urn, said]) => {
    const way = findable({ type: typeOf(urn), urn });
    return way.how === "refusal" && way.of !== undefined && namedIn(way, said) !== undefined;
  });
}

/**
 * Of what is to be created, what the cloud would name in refusing to make it twice, and which is in an object of this state: whoever has made the
 * one that is there, it is this environment's. So a state that was recovered on another host is gone on with, where nothing of it is kept.
 */
export function namedByRefusals({ deployment }: State, creations: readonly StateResource[]): StateResource[] {
  const own = new Set((deployment.resources ?? []).flatMap(({ id }) => (id === undefined || id === "" ? [] : [id])));
  return creations.filter((one) => {
    const way = findable(one);
    return way.how === "refusal" && way.of !== undefined && own.has(text(one.inputs?.[way.of]));
  });
}

const namedIn = ({ words }: { readonly words: RegExp }, said = ""): string | undefined => words.exec(said)?.[1];

/** Ends the URN of what a creation has left that is not as it must be: it is nobody's, and goes. */
const UNFINISHED = " (unfinished)";

/** Of this run, or of an earlier one that could not delete it. */
const isUnfinished = ({ urn }: StateResource): boolean => urn.endsWith(UNFINISHED);

/** What an object in the cloud is that a creation has made after all, as the state has it. */
function adopted(resource: StateResource, id: string, unfinished = false): StateResource {
  // A provider that cannot read back all that it was given takes what it cannot read for changed: it has to know what was asked for, and then
  // reads the rest.
  const asked = Object.entries(resource.inputs ?? {}).filter(([key]) => !key.startsWith("__"));
  const outputs =
    cloudOfResource(resource)?.state?.readsBack === false ? { outputs: { ...Object.fromEntries(asked), ...resource.outputs } } : {};
  const goes = { urn: `${resource.urn}${UNFINISHED}`, protect: false, retainOnDelete: false };
  return { ...resource, id, ...outputs, ...(unfinished ? goes : {}) };
}

/** Whether another resource of the state is that object: then this one was not made. */
function isAnothers({ deployment }: State, { urn, type }: StateResource, id: string): boolean {
  return (deployment.resources ?? []).some((one) => one.type === type && one.id === id && one.urn !== urn);
}

/** `name (creating)`. */
function described({ type, resource }: PendingOperation): string {
  return `${nameOf(resource.urn)} (${type})`;
}

/** The state with resources that are there after all. One of the same name that is there already was being replaced, and goes. */
function withResources(state: State, found: readonly StateResource[]): State {
  const resources = state.deployment.resources ?? [];
  const isSame = (one: StateResource, other: StateResource) => one.urn === other.urn && one.id === other.id;
  const added = found.filter((one) => !resources.some((other) => isSame(one, other)));
  const replaced = new Set(added.map(({ urn }) => urn));
  const before = resources.map((one) => (replaced.has(one.urn) ? { ...one, delete: true } : one));
  // At the end: everything they depend on was there before their creation began.
  return { ...state, deployment: { ...state.deployment, resources: [...before, ...added] } };
}

function isKnown(state: State, urn: string): boolean {
  return (state.deployment.resources ?? []).some((resource) => resource.urn === urn);
}

/** The approval that says of this creation, and of no later one of its name, that it made nothing. */
function absence({ resource: { urn }, since }: PendingOperation): string {
  return `${nameOf(urn)}:absent@${fingerprintOf([urn, since])}`;
}

function lookYourself(environment: string, operation: PendingOperation, name: string, look: string, approvals: readonly string[]): Problem {
  const { urn, type } = operation.resource;
  const known = name === "" ? "" : ` "${name}"`;
  const given = approvals.map(parseApproval).find((one) => one?.key === nameOf(urn) && one.action === "absent");
  const vain =
    given === undefined
      ? ""
      : given.bound === undefined
        ? "; an approval of absence needs what is behind the @, so that it is of this operation alone"
        : `; ${given.bound} is another operation's`;
  return {
    environment,
    path: nameOf(urn),
    reason: `an earlier operation was broken off while it created this ${type.split(":").at(-1)}${known}, and the cloud's provider cannot be asked whether it is there${vain}`,
    remedy: lookFor(operation, look),
    severity: "error",
  };
}

function lookFor(operation: PendingOperation, look: string): string {
  return `look for it (\`${look}\`) and delete it if it is there; then run the same command again with --approve ${absence(operation)}`;
}

function couldNotAsk(environment: string, operation: PendingOperation, trouble: string): Problem {
  const absent = `--approve ${absence(operation)}`;
  return {
    environment,
    path: nameOf(operation.resource.urn),
    reason: `an earlier operation was broken off while it created this, and whether it is there could not be found out: ${trouble}`,
    remedy: SEVERAL.test(trouble)
      ? `delete what is there too much and run the same command again; where none of them is this one, with ${absent}`
      : `mend that and run the same command again; where you have made sure that it is not there, with ${absent}`,
    severity: "error",
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
