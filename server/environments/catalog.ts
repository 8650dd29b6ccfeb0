import { statSync } from "node:fs";
import { join } from "node:path";
import { type LoadedEnvironment, listEnvironments, loadEnvironment } from "../../files/load";
import { type Names, nameOf, namesIn } from "../../files/namesakes";
import { readIfThere } from "../../host/files";
import { fields } from "../../model/data";
import type { Principal } from "../access/principal";
import type { Role } from "../access/roles";
import { allows } from "../access/roles";
import type { Repository } from "../git/repository";
import { HttpProblem } from "../http/problem";
import { Shared } from "../shared";
import { fourEyesOf } from "./rules";

/** What a list tells of an environment's file. */
export interface Outline {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly provider?: string;
  readonly release?: string;
  readonly kubernetes?: string;
  readonly machines?: number;
  readonly lock?: "current" | "missing" | "outdated";
  /** Whether somebody else than who asks has to approve. */
  readonly fourEyes: boolean;
}

/** Files that go by others: what is planned of them is only kept as long as nothing was committed. */
const REACHING = /^\s*(extends|manifests)\s*:/m;
/** Plans are made in a row of so many, then others have their turn. */
const TURN = 4;
/** For so long all files are taken to be as they were looked at, where no change went through the repository: there are thousands to look at. */
const FRESH_MS = 500;

interface Known {
  readonly stamp: string;
  readonly today: string;
  /** The commit by which it was planned, where it goes by other files; else empty. */
  readonly head: string;
  readonly outline: Outline;
}

/** The environments of the repository. Each file is planned once, and again when it or its lock is another; one with mistakes each day. */
export class Catalog {
  private readonly known = new Map<string, Known>();
  private readonly shared: Shared;

  constructor(
    private readonly repository: Pick<Repository, "root" | "head" | "changes">,
    private readonly today: () => string = () => new Date().toISOString().slice(0, 10),
    freshMs = FRESH_MS,
  ) {
    this.shared = new Shared(freshMs);
  }

  get root(): string {
    return this.repository.root;
  }

  has(name: string): boolean {
    const file = this.fileOf(name);
    return stampOf(file) !== "" && nameOf(file) !== undefined;
  }

  /** What the files of all of them say, by name: the same for those who ask together. */
  all(): Promise<readonly Outline[]> {
    return this.shared.of(String(this.repository.changes), () => this.outlines(listEnvironments(this.root)));
  }

  /** What the files of some of them say now. */
  async outlines(names: readonly string[]): Promise<Outline[]> {
    const outlines: Outline[] = [];
    let others: Names | undefined;
    let head: string | undefined;
    const headNow = async () => {
      head ??= await this.repository.head();
      return head;
    };
    const today = this.today();
    let made = 0;
    for (const name of names) {
      const stamp = this.stampOf(name);
      if (stamp === "") continue;
      const found = this.known.get(name);
      // What could be planned can be on a later day too, which only lets in what an earlier one refused: a date to come.
      const counts = found?.stamp === stamp && (found.outline.provider !== undefined || found.today === today);
      if (counts && (found.head === "" || found.head === (await headNow()))) {
        outlines.push(found.outline);
        continue;
      }
      others ??= namesIn(this.root);
      const reaches = REACHING.test(readIfThere(this.fileOf(name)) ?? "");
      const outline = outlineOf(name, this.load(name, others));
      this.known.set(name, { stamp, today, head: reaches ? await headNow() : "", outline });
      outlines.push(outline);
      if (++made % TURN === 0) await new Promise(setImmediate);
    }
    return outlines;
  }

  /** One of them, planned anew. */
  load(name: string, names?: Names): LoadedEnvironment {
    return loadEnvironment(name, this.root, this.today(), names === undefined ? {} : { names });
  }

  /**
   * What the file of one says, for somebody who may act in a role there.
   * @throws HttpProblem: whoever may not see it is not told that it is there
   */
  async outline(name: string, { grants }: Principal, role: Role): Promise<Outline> {
    const [outline] = this.has(name) ? await this.outlines([name]) : [];
    if (outline === undefined || !allows(grants, "viewer", outline.labels)) throw missing(name);
    if (!allows(grants, role, outline.labels)) throw new HttpProblem("forbidden", `this takes the role ${role} for ${name}`);
    return outline;
  }

  private fileOf(name: string): string {
    return join(this.root, "environments", `${name}.yaml`);
  }

  /** By what a file and its lock are known to be the same; empty where there is no such file. */
  private stampOf(name: string): string {
    const file = this.fileOf(name);
    const own = stampOf(file);
    return own === "" ? "" : `${own} ${stampOf(file.replace(/yaml$/, "lock.yaml"))}`;
  }
}

/** Every file of ours is written beside its place and moved there, so it has another number then; git writes a new one too. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? "" : `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
}

/** What a list tells of an environment. */
export function outlineOf(name: string, { content, planned }: LoadedEnvironment): Outline {
  const labels = Object.fromEntries(Object.entries(fields(fields(content).labels)).map(([label, value]) => [label, String(value)]));
  const fourEyes = fourEyesOf(content);
  if (planned === undefined) return { name, labels, fourEyes };
  const { plan, lockState } = planned;
  const { provider, release, machines, cluster } = plan;
  return { name, labels, fourEyes, provider, release, kubernetes: cluster.kubernetes, machines: machines.length, lock: lockState };
}

export function missing(name: string): HttpProblem {
  return new HttpProblem("not-found", `there is no environment ${name}`);
}
