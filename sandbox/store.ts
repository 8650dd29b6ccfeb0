import { rmdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { hasCode, isUnfinished, namesIn, PRIVATE, parseFile, readIfThere, removeUnfinished, writeWhole } from "../host/files";
import { wroteAndRuns } from "../host/processes";
import { objectFile } from "../plugin/cloud-folder";
import { FreshFiles } from "./fresh";
import { Listing } from "./listing";

/** A stored object: plain JSON with its id. */
export type Stored = Readonly<Record<string, unknown>> & { readonly id: string };

/** Objects by path below the store's folder, as a transaction leaves them; null: removed. */
type Changes = Map<string, Stored | null>;

/** What this process has read, for every store on the same folder. */
const OBJECTS = new FreshFiles(parse);
const LISTINGS = new Map<string, Listing<Stored>>();

/**
 * Objects as files, `DIR/TYPE/ID.json`. Read again when they have changed, so that a person can edit a file to play drift; written by
 * rename, so that a killed process leaves whole files only. Folders that become empty go.
 */
export class Store {
  private pending: Changes | undefined;

  /** Carries out what a killed process had decided and not finished. */
  constructor(private readonly dir: string) {
    for (const name of namesIn(dir)) {
      const owner = TRANSACTION.exec(name)?.[1];
      if (owner === undefined) continue;
      const decided = statSync(join(dir, name), { throwIfNoEntry: false })?.mtimeMs;
      if (decided !== undefined && !wroteAndRuns(Number(owner), decided)) this.finish(join(dir, name));
    }
  }

  /**
   * Does all of `work`'s changes or, where the process is killed meanwhile, all or none of them: a cloud carries a request out to its end
   * whether or not the one who asked is still there. Nothing is changed where `work` throws.
   */
  transaction<T>(work: () => T): T {
    if (this.pending !== undefined) return work();
    const changes: Changes = new Map();
    this.pending = changes;
    let result: T;
    try {
      result = work();
    } finally {
      this.pending = undefined;
    }
    if (changes.size === 1) this.carryOut(changes);
    if (changes.size > 1) {
      const path = join(this.dir, `transaction.${process.pid}`);
      writeWhole(path, JSON.stringify([...changes]), WRITTEN);
      this.finish(path);
    }
    return result;
  }

  /** The object, or undefined where there is none. */
  get(type: string, id: string): Stored | undefined {
    const name = nameOf(type, id);
    const changed = this.pending?.get(name);
    if (changed !== undefined) return changed ?? undefined;
    return OBJECTS.read(join(this.dir, name));
  }

  /** Writes the object, new or changed. */
  put(type: string, object: Stored): void {
    this.change(nameOf(type, object.id), object);
  }

  /** Removes the object; nothing happens where there is none. */
  delete(type: string, id: string): void {
    this.change(nameOf(type, id), null);
  }

  /** The objects of a type, in the order of their files' names. What a person edits in place meanwhile, a list shows a second later. */
  list(type: string): readonly Stored[] {
    const changed = [...(this.pending ?? [])].filter(([name]) => dirname(name) === type);
    return this.listing(type).all(new Map(changed.map(([name, object]) => [basename(name), object])));
  }

  private listing(type: string): Listing<Stored> {
    const folder = join(this.dir, type);
    const known = LISTINGS.get(folder) ?? new Listing(folder, (path) => OBJECTS.read(path));
    LISTINGS.set(folder, known);
    return known;
  }

  private change(name: string, object: Stored | null): void {
    if (this.pending === undefined) this.carryOut(new Map([[name, object]]));
    else this.pending.set(name, object);
  }

  private finish(path: string): void {
    const text = readIfThere(path);
    if (text === undefined) return;
    this.carryOut(
      new Map(parseFile(path, text, "delete it; what it would have changed is as it was before") as Iterable<[string, Stored | null]>),
    );
    rmSync(path, { force: true });
    removeIfEmpty(this.dir);
  }

  private carryOut(changes: Changes): void {
    for (const [name, object] of changes) {
      const path = join(this.dir, name);
      this.listing(dirname(name)).change(basename(name), object === null, () => {
        if (object !== null) writeWhole(path, `${JSON.stringify(object, undefined, 2)}\n`, WRITTEN);
        else rmSync(path, { force: true });
      });
      if (object === null && removeIfEmpty(dirname(path))) removeIfEmpty(this.dir);
    }
  }
}

/** The process that decided on the changes in such a file. */
const TRANSACTION = /^transaction\.(\d+)$/;

/** A world need not outlast a host that loses its power: it has hundreds of files, and waiting for the disk at each takes long. */
const WRITTEN = { mode: PRIVATE, durable: false };

function nameOf(type: string, id: string): string {
  return join(type, objectFile(id));
}

function parse(path: string, text: string): Stored {
  try {
    const object: unknown = JSON.parse(text);
    if (isStored(object)) return object;
  } catch (error) {
    throw new Error(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new Error(`${path} must hold one object with an "id"`);
}

function isStored(value: unknown): value is Stored {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string";
}

function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    if (!hasCode(error, "ENOTEMPTY", "EEXIST")) throw error;
  }
  // What a killed process left half written would keep the folder for ever.
  const names = namesIn(folder);
  removeUnfinished(folder);
  if (names.length === 0 || !names.every(isUnfinished) || namesIn(folder).length > 0) return false;
  return removeIfEmpty(folder);
}
