import { createHash } from "node:crypto";
import { join } from "node:path";
import { type LoadedEnvironment, listEnvironments, loadEnvironment } from "../../files/load";
import { type Names, namesIn } from "../../files/namesakes";
import { readIfThere } from "../../host/files";
import { fields } from "../../model/data";
import type { Principal } from "../access/principal";
import type { Role } from "../access/roles";
import { allows } from "../access/roles";
import type { Repository } from "../git/repository";
import { HttpProblem } from "../http/problem";
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

/** The environments of the repository. Each file is planned once, and again when it, its lock or the day is another. */
export class Catalog {
  private readonly known = new Map<string, { readonly key: string; readonly outline: Outline }>();

  constructor(
    private readonly repository: Pick<Repository, "root" | "head">,
    private readonly today: () => string = () => new Date().toISOString().slice(0, 10),
  ) {}

  get root(): string {
    return this.repository.root;
  }

  /** All of them by name. */
  names(): string[] {
    return listEnvironments(this.root);
  }

  has(name: string): boolean {
    return this.names().includes(name);
  }

  /** What their files say, of all or of some. */
  async outlines(names: readonly string[] = this.names()): Promise<Outline[]> {
    const others = namesIn(this.root);
    const outlines: Outline[] = [];
    const head = await this.repository.head();
    let made = 0;
    for (const name of names) {
      const key = this.keyOf(name, head);
      if (key === undefined) continue;
      const found = this.known.get(name);
      if (found?.key === key) {
        outlines.push(found.outline);
        continue;
      }
      const outline = outlineOf(name, this.load(name, others));
      this.known.set(name, { key, outline });
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

  private keyOf(name: string, head: string): string | undefined {
    const text = readIfThere(join(this.root, "environments", `${name}.yaml`));
    if (text === undefined) return undefined;
    const lock = readIfThere(join(this.root, "environments", `${name}.lock.yaml`)) ?? "";
    const digest = createHash("sha256").update(`${text.length}\0${text}${lock}`).digest("hex");
    return [digest, this.today(), REACHING.test(text) ? head : ""].join(" ");
  }
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
