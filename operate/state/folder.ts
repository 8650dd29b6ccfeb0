import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { packageRoot } from "../../engine/paths";
import { parseState } from "../../engine/state/state";
import { summarize } from "../../engine/state/summary";
import type { StoredStack } from "../../engine/states";
import { namesIn, PRIVATE, readIfThere, writeWhole } from "../../host/files";
import { isFields } from "../../model/data";
import { refuseNewer } from "../../model/formats";
import { LAYERS } from "../../model/layers";
import { InvalidInputError } from "../../model/problems";
import { freeName } from "../backup/folder";

/** The file that makes a folder a backup. It is written last: a folder without it is half of one. */
const MANIFEST = "manifest.json";

const stackSchema = z.object({
  stack: z.string(),
  layer: z.enum(LAYERS).optional(),
  /** In the folder. */
  file: z.string().regex(/^[A-Za-z0-9_][\w.-]*\.json$/),
  size: z.number(),
  sha256: z.string(),
  /** When the state was written last, and how many resources and open operations it holds. */
  updated: z.string().optional(),
  resources: z.number(),
  open: z.number(),
  /** How its secrets are encrypted. */
  secrets: z.string().optional(),
});

const manifestSchema = z.object({
  version: z.literal(1),
  /** The version of kpaas that made it. */
  kpaas: z.string(),
  environment: z.string(),
  project: z.string(),
  /** When it was made (ISO 8601). */
  made: z.string(),
  /** Why, where nobody asked for it: what is to replace the states. */
  before: z.string().optional(),
  stacks: z.array(stackSchema),
});

/** What a backup of an environment's states says of itself: nothing in it is secret. */
export type StateManifest = z.infer<typeof manifestSchema>;

/** A backup of an environment's states in a folder. */
export interface StateBackup {
  readonly folder: string;
  readonly manifest: StateManifest;
}

/** What a backup is of, and why it is made. */
export type BackedUp = Pick<StateManifest, "environment" | "project" | "before">;

/**
 * Writes states into a folder of their own below `to`, readable by this user alone, secrets encrypted as they are in the backend.
 * @returns where it is
 */
export function writeStates(to: string, about: BackedUp, states: readonly StoredStack[], now = new Date()): StateBackup {
  const own = join(to, about.environment);
  const folder = join(own, freeName(own, now));
  const stacks = states.map(({ stack, layer, exported, state }) => {
    const file = `${stack}.json`;
    writeWhole(join(folder, file), exported, { mode: PRIVATE });
    const { resources, open, updated, secrets } = summarize(state);
    return {
      ...{ stack, ...(layer ? { layer } : {}), file, size: Buffer.byteLength(exported), sha256: checksum(exported), resources, open },
      ...(updated === undefined ? {} : { updated }),
      ...(secrets === undefined ? {} : { secrets }),
    };
  });
  const manifest: StateManifest = { version: 1, kpaas: ownVersion(), ...about, made: now.toISOString(), stacks };
  writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: PRIVATE });
  return { folder, manifest };
}

/**
 * Reads a backup, named by its folder, its manifest, or the folder of an environment's backups, whose newest it is then.
 * @throws InvalidInputError with all that is wrong with it; RefusedError where a later version made it
 */
export function readStates(path: string, environment: string): StateBackup & { readonly states: StoredStack[] } {
  const folder = folderOf(path);
  const text = readIfThere(join(folder, MANIFEST));
  if (text === undefined) throw wrong(environment, [`${path} is no backup of a state: there is no ${MANIFEST} in it`]);
  const content = parsed(text);
  if (isFields(content)) refuseNewer("stateBackup", content, environment);
  const { data: manifest, error } = manifestSchema.safeParse(content);
  if (manifest === undefined)
    throw wrong(environment, [`${join(folder, MANIFEST)} is no manifest of a backup, or half of one (${error.issues[0]?.message})`]);
  const others = manifest.environment === environment ? [] : [`it is a backup of ${manifest.environment}, not of ${environment}`];
  const read = manifest.stacks.map(({ stack, layer, file, size, sha256 }) => {
    const exported = readIfThere(join(folder, file));
    const state = exported === undefined ? undefined : parsed(exported);
    if (exported === undefined) return `${join(folder, file)} is missing`;
    if (Buffer.byteLength(exported) !== size || checksum(exported) !== sha256 || state === undefined)
      return `${join(folder, file)} is not what was written: its checksum is another`;
    return { stack, ...(layer ? { layer } : {}), exported, state: parseState(exported) };
  });
  const states = read.filter((one) => typeof one !== "string");
  const reasons = [
    ...others,
    ...read.filter((one) => typeof one === "string"),
    ...states.flatMap((one) => strangersIn(one, manifest.project)),
  ];
  if (reasons.length > 0) throw wrong(environment, reasons);
  return { folder, manifest, states };
}

function folderOf(path: string): string {
  if (basename(path) === MANIFEST) return dirname(path);
  const names = namesIn(path);
  if (names.includes(MANIFEST)) return path;
  const newest = names.filter((name) => /^\d{4}-/.test(name) && namesIn(join(path, name)).includes(MANIFEST)).at(-1);
  return newest === undefined ? path : join(path, newest);
}

/** What a file of a stack holds that is another's: the engine would refuse it, halfway through. */
function strangersIn({ stack, state }: StoredStack, project: string): string[] {
  const stranger = (state.deployment.resources ?? []).find(({ urn }) => !urn.startsWith(`urn:pulumi:${stack}::${project}::`));
  return stranger === undefined ? [] : [`the file of ${stack} holds a resource of another stack or project: ${stranger.urn}`];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrong(environment: string, reasons: readonly string[]): InvalidInputError {
  const remedy = "name a whole backup of this environment: the folder that `kpaas state backup` printed";
  return new InvalidInputError(reasons.map((reason) => ({ environment, path: "", reason, remedy, severity: "error" })));
}

const checksum = (text: string): string => createHash("sha256").update(text).digest("hex");

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  return isFields(manifest) ? String(manifest.version) : "";
}
