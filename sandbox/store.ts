import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A stored object: plain JSON with its id. */
export type Stored = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * Objects as files, `DIR/TYPE/ID.json`. Read afresh each time, so that a person can edit a file to play drift; written by rename, so that
 * a killed process leaves whole files only. Folders that become empty go.
 */
export class Store {
  constructor(private readonly dir: string) {}

  /** The object, or undefined where there is none. */
  get(type: string, id: string): Stored | undefined {
    const path = this.path(type, id);
    const text = readIfThere(path);
    return text === undefined ? undefined : parse(path, text);
  }

  /** Writes the object, new or changed. */
  put(type: string, object: Stored): void {
    const path = this.path(type, object.id);
    const temporary = `${path}.${process.pid}.new`;
    const text = `${JSON.stringify(object, undefined, 2)}\n`;
    try {
      write(temporary, text);
    } catch (error) {
      // Another process of the same world may just have removed the folder with its last object.
      if (!hasCode(error, "ENOENT")) throw error;
      write(temporary, text);
    }
    renameSync(temporary, path);
  }

  /** Removes the object; nothing happens where there is none. */
  delete(type: string, id: string): void {
    rmSync(this.path(type, id), { force: true });
    if (removeIfEmpty(join(this.dir, type))) removeIfEmpty(this.dir);
  }

  /** The objects of a type, in the order of their ids. */
  list(type: string): Stored[] {
    const folder = join(this.dir, type);
    const objects: Stored[] = [];
    for (const name of namesIn(folder)) {
      const path = join(folder, name);
      const text = name.endsWith(".json") ? readIfThere(path) : undefined;
      if (text !== undefined) objects.push(parse(path, text));
    }
    return objects;
  }

  private path(type: string, id: string): string {
    return join(this.dir, type, `${encodeURIComponent(id).replaceAll(".", "%2E")}.json`);
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
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

/** The content of a file, or undefined where there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOTEMPTY", "EEXIST", "ENOENT")) return false;
    throw error;
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => error.code === code);
}
