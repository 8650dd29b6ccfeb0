import { join } from "node:path";
import { namesIn } from "../host/files";
import { stampOf } from "./fresh";

/** How long, in milliseconds, objects are taken for what they were while no file came, went or was put in another's place. */
const LOOKED_OVER = 1_000;

/**
 * The objects of one folder. Whoever asks for all of them at each of many changes does not have all of them read each time: a change by this
 * process touches its own object, the folder's stamp tells of others', and what a person edits in place shows a second later.
 */
export class Listing<T> {
  /** By the file's name; undefined where it has to be read. */
  private objects = new Map<string, T | undefined>();
  private sorted: readonly T[] | undefined;
  private mark: string | undefined;
  private isSettled = false;
  private lookedOver = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly folder: string,
    private readonly read: (path: string) => T | undefined,
  ) {}

  /** All objects in the order of their files' names, with changes that are not written yet; null: removed. */
  all(changes: ReadonlyMap<string, T | null>): readonly T[] {
    this.lookOver();
    if (changes.size === 0) {
      this.sorted ??= [...this.objects.keys()].sort().flatMap((name) => this.object(name) ?? []);
      return this.sorted;
    }
    const names = new Set([...this.objects.keys(), ...changes.keys()]);
    return [...names].sort().flatMap((name) => (changes.has(name) ? changes.get(name) : this.object(name)) ?? []);
  }

  /** Has one file written or removed. */
  change(name: string, isRemoved: boolean, write: () => void): void {
    const isKnown = stampOf(this.folder)?.mark === this.mark;
    const { lookedOver } = this;
    this.lookedOver = Number.NEGATIVE_INFINITY;
    write();
    if (!isKnown) return;
    this.lookedOver = lookedOver;
    this.mark = stampOf(this.folder)?.mark;
    // Whatever another process does within the same tick shows when all are looked over.
    this.isSettled = true;
    this.sorted = undefined;
    if (isRemoved) this.objects.delete(name);
    else this.objects.set(name, undefined);
  }

  private lookOver(): void {
    const stamp = stampOf(this.folder);
    if (this.isSettled && stamp?.mark === this.mark && Date.now() - this.lookedOver < LOOKED_OVER) return;
    this.lookedOver = Date.now();
    this.mark = stamp?.mark;
    this.isSettled = stamp?.isSettled ?? true;
    this.sorted = undefined;
    this.objects = new Map(namesIn(this.folder).flatMap((name) => (name.endsWith(".json") ? [[name, undefined]] : [])));
  }

  private object(name: string): T | undefined {
    const object = this.objects.get(name) ?? this.read(join(this.folder, name));
    this.objects.set(name, object);
    return object;
  }
}
