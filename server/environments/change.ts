import { existsSync, readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { type Edit, editYaml } from "../../files/edit-yaml";
import { type LoadedEnvironment, writeLock } from "../../files/load";
import { removeFolder, writeWhole } from "../../host/files";
import { fields, isFields } from "../../model/data";
import { InvalidInputError } from "../../model/problems";
import type { Principal } from "../access/principal";
import { allows } from "../access/roles";
import type { Repository } from "../git/repository";
import { type Fault, HttpProblem } from "../http/problem";
import { type Catalog, missing, type Outline, outlineOf } from "./catalog";
import { filesOf, fourEyesOf, reachingBeyond, SSH_KEY } from "./rules";

/** What is wanted of a file. */
export interface WantedFile {
  readonly name: string;
  readonly text: string;
  /** The commit that has to be its newest; undefined: it must not be there yet. */
  readonly expects?: string | undefined;
  readonly subject?: string;
}

/** Changes environments' files: each change is checked, is a commit of whoever asked, and has its lock beside it. */
export class Files {
  constructor(
    private readonly repository: Pick<Repository, "root" | "change" | "newest">,
    private readonly catalog: Catalog,
  ) {}

  /** The newest commit of an environment's file and lock; empty where it is not there. */
  async commitOf(name: string): Promise<string> {
    return await this.repository.newest(...pathsOf(name));
  }

  /** Writes one. @returns what it says then @throws HttpProblem, InvalidInputError with all that is wrong with it */
  async write(wanted: WantedFile, who: Principal): Promise<Outline> {
    return await this.change(wanted.name, wanted.expects, who, (was) => ({
      text: wanted.text,
      subject: wanted.subject ?? `${was === undefined ? "Add" : "Change"} ${wanted.name}`,
    }));
  }

  /**
   * Changes fields of one, as the commands do that change files.
   * @param edits what to change of the environment as it is; none: it is as it was wanted already
   */
  async edit(name: string, who: Principal, subject: string, edits: (loaded: LoadedEnvironment) => readonly Edit[]): Promise<Outline> {
    return await this.change(name, await this.commitOf(name), who, (was) => {
      if (was === undefined) throw missing(name);
      const loaded = this.catalog.load(name);
      if (loaded.planned === undefined) throw new InvalidInputError(loaded.problems);
      const wanted = edits(loaded);
      const text = wanted.length === 0 ? was : editYaml(was, wanted);
      if (text !== undefined) return { text, subject };
      throw invalid(
        wanted.map(({ path }) => ({
          path: path.join("."),
          reason: "cannot be changed alone: an alias, a merge or another form of YAML stands there",
          remedy: "change the text of the file",
        })),
      );
    });
  }

  /** Takes one away, with its lock. */
  async remove(name: string, who: { readonly name: string; readonly id: string }, expects?: string): Promise<void> {
    await this.repository.change(who, async () => {
      const { file, lock } = filesOf(this.repository.root, name);
      if (expects !== undefined && expects !== (await this.commitOf(name))) throw outdated(name);
      for (const each of [file, lock]) if (existsSync(each)) removeFolder(each);
      return `Remove ${name}`;
    });
  }

  private async change(
    name: string,
    expects: string | undefined,
    who: Principal,
    make: (was: string | undefined) => { readonly text: string; readonly subject: string },
  ): Promise<Outline> {
    let made: Outline | undefined;
    await this.repository.change({ name: who.name, id: who.id }, async () => {
      const { root } = this.repository;
      const { file, folder } = filesOf(root, name);
      const was = existsSync(file) ? readFileSync(file, "utf8") : undefined;
      const before = was === undefined ? undefined : outlineOf(name, this.catalog.load(name));
      if (was === undefined ? expects !== undefined : expects !== (await this.commitOf(name))) throw outdated(name);
      const { text, subject } = make(was);
      const content = contentOf(text);
      const faults = [...namedSo(content, name), ...reachingBeyond(content, folder, SSH_KEY)];
      if (faults.length > 0) throw invalid(faults);
      this.check(content, before, who, name);
      writeWhole(file, text);
      const loaded = this.catalog.load(name);
      const errors = loaded.problems.filter(({ severity }) => severity === "error");
      if (errors.length > 0) throw new InvalidInputError(errors);
      writeLock(loaded);
      made = outlineOf(name, this.catalog.load(name));
      return subject;
    });
    return made ?? fail(name);
  }

  /** Whether somebody may write this: nobody gives an environment to others than they may act for, or frees it of the second pair of eyes. */
  private check(content: unknown, before: Outline | undefined, { grants }: Principal, name: string): void {
    const labels = Object.fromEntries(Object.entries(fields(fields(content).labels)).map(([label, value]) => [label, String(value)]));
    if (!allows(grants, "operator", labels))
      throw new HttpProblem("forbidden", `this takes the role operator for the labels that the text gives ${name}`);
    if (!fourEyesOf(content) && (before?.fourEyes ?? true) && !allows(grants, "administrator", labels))
      throw new HttpProblem(
        "forbidden",
        "the label approval: own takes the role administrator: who asks could approve by themselves from then on",
      );
  }
}

function pathsOf(name: string): string[] {
  return [`environments/${name}.yaml`, `environments/${name}.lock.yaml`];
}

/** What a text says. @throws HttpProblem where that cannot be read */
function contentOf(text: string): unknown {
  let reason: string | undefined;
  try {
    const document = parseDocument(text, { merge: true, logLevel: "error" });
    reason = document.errors[0]?.message.split("\n")[0];
    if (reason === undefined) {
      const content: unknown = document.toJS({ maxAliasCount: 100 });
      if (isFields(content)) return content;
      reason = "it has no fields";
    }
  } catch {
    // Aliases of aliases, or brackets without an end.
    reason = "it is nested too deeply";
  }
  throw invalid([{ path: "text", reason: `this is no environment file: ${reason}` }]);
}

function namedSo(content: unknown, name: string): Fault[] {
  if (fields(content).name === name) return [];
  return [{ path: "name", reason: "must be the name of the call", remedy: `write name: ${name}` }];
}

function outdated(name: string): HttpProblem {
  return new HttpProblem(
    "precondition-failed",
    `${name} is another one by now than was expected: read it again, and make the change in that`,
  );
}

function invalid(faults: readonly Fault[]): HttpProblem {
  return new HttpProblem("invalid-request", "see problems", faults);
}

function fail(name: string): never {
  throw new Error(`nothing has come of the change of ${name}`);
}
