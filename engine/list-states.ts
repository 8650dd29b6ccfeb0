import { statSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "@pulumi/pulumi/automation/errors";
import { namesIn } from "../host/files";
import { LAYERS, type Layer, parseStackName } from "../model/layers";
import { holderOf } from "./backend";
import { InterruptedError, OperationFailedError } from "./errors";
import { locateEngine } from "./locate";
import { PROJECT, sandboxFolders } from "./sandbox";
import { exportedState } from "./state/copy";
import { parseState, type State } from "./state/state";
import { type StateSummary, summarize } from "./state/summary";
import { errorLines } from "./translate";
import type { RunOptions } from "./types";
import { openWorkspace, realSetting } from "./workspace";

/** Whose stacks are listed. */
export interface Listing {
  /** The project's root folder. */
  readonly root: string;
  /** Those of the sandbox. */
  readonly sandbox: boolean;
  /** Those of other Pulumi projects in the same backend too. @default false */
  readonly all?: boolean;
  /** The environments that have a file here: an empty stack of such a name is one of theirs. */
  readonly environments: readonly string[];
}

/** A stack of the backend, and what its state tells. */
export interface ListedStack extends Partial<Omit<StateSummary, "holdsEnvironment">> {
  readonly stack: string;
  readonly project: string;
  readonly environment: string;
  readonly layer?: Layer;
  /** Who holds it; null where nobody does, undefined where the backend does not tell. */
  readonly lock?: string | null;
  /** Why its state could not be read. */
  readonly unreadable?: string;
}

/** How many engines are started at once to read states. */
const AT_ONCE = 4;

/** The backend's stacks that hold environments, in the order of project, environment and layer. A state that cannot be read hinders no other. */
export async function listStates(listing: Listing, options: RunOptions = {}): Promise<ListedStack[]> {
  const backend = listing.sandbox ? sandboxBackend(listing.root) : await realBackend(listing, options);
  const names = await backend.names();
  const listed: (ListedStack | undefined)[] = [];
  const waiting = [...names.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (options.signal?.aborted) throw new InterruptedError();
      listed[next[0]] = await listedOf(next[1], backend, listing.environments);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const place = ({ project, environment, layer }: ListedStack) =>
    `${project} ${environment} ${layer === undefined ? 0 : 1 + LAYERS.indexOf(layer)}`;
  return listed.filter((one) => one !== undefined).sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** The stacks that a project's backend has, whatever is in them. @throws OperationFailedError where it does not answer */
export async function namesInBackend(root: string, options: RunOptions = {}): Promise<string[]> {
  return await (await realBackend({ root }, options)).names();
}

/** A backend that is asked. */
interface Backend {
  readonly project: string;
  /** Of stacks, those of other projects whole. */
  names(): Promise<string[]>;
  /** The state of one, as `pulumi stack export` prints it; undefined where it is gone by now. */
  read(name: string): Promise<string | undefined>;
  readonly folder?: string;
}

async function listedOf(name: string, backend: Backend, environments: readonly string[]): Promise<ListedStack | undefined> {
  const [stack = "", project = backend.project] = name.split("/").reverse();
  const { environment, layer } = parseStackName(stack);
  const about = { stack, project, environment, ...(layer ? { layer } : {}), ...lockOf(backend, project, stack) };
  let state: State | undefined;
  try {
    const exported = await backend.read(name);
    state = exported === undefined ? undefined : parseState(exported);
  } catch (error) {
    const [reason = ""] = errorLines(error instanceof Error ? error.message : String(error))
      .trim()
      .split("\n");
    return { ...about, unreadable: reason };
  }
  if (state === undefined) return undefined;
  const { holdsEnvironment, ...summary } = summarize(state);
  const isOurs = holdsEnvironment || (summary.resources === 0 && project === backend.project && environments.includes(environment));
  return isOurs ? { ...about, ...summary } : undefined;
}

function lockOf({ folder }: Backend, project: string, stack: string): Pick<ListedStack, "lock"> {
  if (folder === undefined) return {};
  const holder = holderOf(folder, project, stack);
  return { lock: holder === undefined ? null : (holder.who ?? "somebody: the lock is torn") };
}

/** What the engine says of a backend that does not answer, or that it may not use. */
function asFailure(error: unknown): never {
  if (!(error instanceof CommandError)) throw error;
  throw new OperationFailedError(`the backend's stacks could not be listed:\n${errorLines(error.message)}`, {
    cause: error,
    next: "kpaas doctor",
  });
}

/** The sandbox's backend is read as files: there is nothing to be logged in to. */
function sandboxBackend(root: string): Backend {
  const { backend: folder } = sandboxFolders(root, "");
  const project = PROJECT;
  return {
    project,
    folder,
    names: async () => stacksIn(folder, project),
    read: async (stack) => exportedState({ backendFolder: folder, project, stack, world: folder }),
  };
}

/** The stacks of a `file://` backend by the names that the engine knows them by: of one project, or of all, whole. */
function stacksIn(folder: string, project?: string): string[] {
  const projects = join(folder, ".pulumi", "stacks");
  if (project === undefined)
    return namesIn(projects).flatMap((each) =>
      (statSync(join(projects, each)).isDirectory() ? stacksIn(folder, each) : []).map((stack) => `organization/${each}/${stack}`),
    );
  return namesIn(join(projects, project)).flatMap((name) => /^(.*)\.json(\.gz|\.zst)?$/.exec(name)?.[1] ?? []);
}

async function realBackend({ root, all = false }: Pick<Listing, "root" | "all">, options: RunOptions): Promise<Backend> {
  const tell = (text: string) => options.onProgress?.({ kind: "engine", text });
  const engine = await locateEngine({ onProgress: tell, ...(options.signal ? { signal: options.signal } : {}) });
  const setting = realSetting(root, { environment: "" });
  const { command } = await openWorkspace(engine, setting, undefined, options);
  const run = async (...args: readonly string[]) => (await command.run(args, setting.workDir, {})).stdout;
  return {
    project: setting.project,
    ...(setting.backendFolder === undefined ? {} : { folder: setting.backendFolder }),
    names: async () => {
      const { backendFolder } = setting;
      // One state that is torn keeps the engine from listing any.
      if (backendFolder !== undefined) return all ? stacksIn(backendFolder) : stacksIn(backendFolder, setting.project);
      const listed: { name: string }[] = JSON.parse(await run("stack", "ls", "--json", ...(all ? ["--all"] : [])).catch(asFailure));
      return listed.map(({ name }) => name);
    },
    read: (name) => run("stack", "export", "--stack", name),
  };
}
