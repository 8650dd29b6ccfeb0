import { spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { makeFolder, namesIn, openLog, PRIVATE, PRIVATE_FOLDER, removeFolder, writeWhole } from "../../host/files";
import { waitAlike } from "../../host/priority";
import { isAlive } from "../../host/processes";
import { InvalidInputError } from "../../model/problems";
import { endOrphans, isKept, namePath, type Programs, readRecord, recordPath, serversFolder } from "../../sandbox/servers/record";
import { InterruptedError, OperationFailedError } from "../errors";
import { packageRoot } from "../paths";
import { sandboxFolders } from "../sandbox";
import { wrongTime } from "../state/at-end";
import type { OperationKind } from "../types";
import { CHOICE, choiceIn, type ServerKind, wrongChoice } from "./choice";
import { findServers, kubernetesVersion } from "./programs";

const EVERY_MS = 20;

/** How long, in milliseconds, a keeper may take to begin, and to end in order. */
const BEGIN_MS = 30_000;
const END_MS = 10_000;

/** What of a keeper's log tells why it ended. */
const TOLD_CHARACTERS = 1_000;

/** What an operation on a sandbox tells of its Kubernetes, and takes. */
export interface ServeOptions {
  readonly environment: string;
  readonly tell: (text: string) => void;
  readonly signal?: AbortSignal;
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What the simulation leaves unchecked, and what checks it. */
const NOT_CHECKED = "Kubernetes is simulated: no API server checks the objects";

/**
 * Gives an environment's sandbox its Kubernetes: the one it was made with, else what {@link CHOICE} names, else a real API server where its
 * programs are at hand. Starts the servers where the operation needs them and nobody keeps them.
 * @returns whether it started the servers
 * @throws InvalidInputError for a choice that is none, OperationFailedError where a real server is needed and cannot be started
 */
export async function serveKubernetes(world: string, kind: OperationKind, options: ServeOptions): Promise<boolean> {
  const { environment, tell, env = process.env } = options;
  const wrong = [wrongChoice(environment, env), wrongTime(environment, env)].filter((problem) => problem !== undefined);
  if (wrong.length > 0) throw new InvalidInputError(wrong);
  const chosen = choiceIn(env);
  const made = kindOf(world);
  if (made !== undefined && chosen !== undefined && made !== chosen)
    tell(`${environment} keeps the ${made} Kubernetes it was made with: ${CHOICE} counts for the next one, after a destroy`);
  const wanted = made ?? chosen;
  const changes = kind === "up" || kind === "preview";
  if (wanted === "simulated") {
    if (changes) tell(NOT_CHECKED);
    return false;
  }
  // A server of somebody else's, which they start and end.
  if (made === "real" && !existsSync(serversFolder(world))) return false;
  const programs = await findServers({ env });
  if (programs === undefined && wanted === "real") throw lacking(environment, made);
  if (programs === undefined) {
    if (changes) tell(`${NOT_CHECKED}; \`kpaas servers\` gets a real one`);
    return false;
  }
  // Without a cluster there is nothing to ask.
  if (kind !== "up" && !existsSync(join(world, "cluster.json"))) return false;
  const started = await startServers(world, programs, options);
  const slower = started && kind === "up" ? `; that takes longer than ${CHOICE}=simulated` : "";
  if (started || changes) tell(`Kubernetes is a real API server (${kubernetesVersion({ env })}), nodes and pods are played${slower}`);
  return started;
}

/** What an environment's Kubernetes is; undefined where it can still be chosen, since there is nothing in it. */
function kindOf(world: string): ServerKind | undefined {
  if (existsSync(namePath(world)) || existsSync(serversFolder(world))) return "real";
  return existsSync(join(world, "cluster.json")) ? "simulated" : undefined;
}

function lacking(environment: string, made: ServerKind | undefined): OperationFailedError {
  const why = made === "real" ? `${environment} was made with a real API server` : `${CHOICE} asks for a real API server`;
  const anew = made === "real" ? " Where they cannot be had, begin anew with `rm -r .kpaas/sandbox`: all of it is simulated." : "";
  return new OperationFailedError(`${why}, and its programs are not there. \`kpaas servers\` gets them.${anew}`, { next: "kpaas servers" });
}

/**
 * Starts the servers of a world, unless somebody keeps them already; they go on when this process ends.
 * @returns whether they were started
 * @throws OperationFailedError with the reason they end at once
 */
export async function startServers(
  world: string,
  programs: Programs,
  { environment, signal }: Pick<ServeOptions, "environment" | "signal">,
): Promise<boolean> {
  const folder = serversFolder(world);
  const isThere = (): boolean => isKept(readRecord(world)) && existsSync(namePath(world));
  if (isThere()) return false;
  makeFolder(folder, PRIVATE_FOLDER);
  const list = join(folder, "programs.json");
  writeWhole(list, JSON.stringify(programs), { mode: PRIVATE, durable: false });
  const path = join(folder, "keeper.log");
  const log = openLog(path);
  const before = fstatSync(log).size;
  const { PATH, HOME, TMPDIR } = process.env;
  const env = Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined));
  const keeper = spawn(process.execPath, [join(packageRoot(), "dist", "sandbox", "servers", "keeper.js"), world, list], {
    cwd: folder,
    env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  waitAlike(keeper.pid);
  closeSync(log);
  keeper.unref();
  const end = Date.now() + BEGIN_MS;
  while (!isThere()) {
    if (signal?.aborted) throw new InterruptedError();
    // Where another one was quicker, ours leaves the work to it.
    const left = (keeper.exitCode !== null || keeper.signalCode !== null) && !isKept(readRecord(world));
    if (left || Date.now() > end) {
      const told = readFileSync(path).subarray(before).toString().slice(-TOLD_CHARACTERS).trim();
      throw new OperationFailedError(
        `The API server of ${environment}'s sandbox cannot be started (${path}): ${told || "it says nothing"}`,
      );
    }
    await pause(EVERY_MS);
  }
  return true;
}

/** Ends the servers of a world, and waits until they have ended; what they hold stays, and the next operation starts them again. */
export async function stopServers(world: string): Promise<boolean> {
  const record = readRecord(world);
  if (record === undefined) return false;
  const { keeper } = record;
  if (isAlive(keeper)) process.kill(keeper.pid, "SIGTERM");
  const end = Date.now() + END_MS;
  while (isAlive(keeper)) {
    if (Date.now() > end) process.kill(keeper.pid, "SIGKILL");
    await pause(EVERY_MS);
  }
  // What it could not end itself.
  endOrphans(readRecord(world) ?? record);
  rmSync(recordPath(world), { force: true });
  return true;
}

/** Ends the servers of a world and removes all they hold. A server of somebody else's is left alone. */
export async function removeServers(world: string): Promise<void> {
  if (!existsSync(serversFolder(world))) return;
  await stopServers(world);
  rmSync(namePath(world), { force: true });
  removeFolder(serversFolder(world));
}

/** Ends the servers of a world that has no cluster, as after a first `up` that failed, and with them what says that it has any. */
export async function endUnused(world: string): Promise<void> {
  if (!existsSync(join(world, "cluster.json"))) await removeServers(world);
}

/**
 * Starts the servers of an environment that has a real API server in its sandbox.
 * @returns whether they were started
 * @throws OperationFailedError where it has none
 */
export async function startSandboxServers(root: string, environment: string, programs: Programs, signal?: AbortSignal): Promise<boolean> {
  const { world } = sandboxFolders(root, environment);
  if (!existsSync(serversFolder(world))) {
    const next = `kpaas up ${environment} --sandbox`;
    throw new OperationFailedError(
      `${environment} has no real API server in the sandbox: an environment keeps the Kubernetes it was made with.`,
      {
        next,
      },
    );
  }
  return await startServers(world, programs, { environment, ...(signal ? { signal } : {}) });
}

/** The environments of a project whose sandbox's servers run. */
export function runningServers(root: string): string[] {
  return namesIn(dirname(sandboxFolders(root, "any").world)).filter((name) => isKept(readRecord(sandboxFolders(root, name).world)));
}

/** Ends the servers of these environments, or of all of a project. @returns those whose servers were running */
export async function stopSandboxServers(root: string, environments: readonly string[]): Promise<string[]> {
  const running = runningServers(root).filter((name) => environments.length === 0 || environments.includes(name));
  for (const name of running) await stopServers(sandboxFolders(root, name).world);
  return running;
}
