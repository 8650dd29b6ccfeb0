import { existsSync } from "node:fs";
import { join } from "node:path";
import { keepFile, makeFolder, PRIVATE_FOLDER, readIfThere } from "../../host/files";
import { accessSettings, type RepositoryAccess } from "./access";
import { type Author, GitError, git, SERVICE } from "./git";

const BRANCH = "main";
/** The configuration of stacks, wherever it lies. */
const STACKS = ":(glob)**/Pulumi.*.yaml";
const OTHERS = ":(exclude,glob)**/Pulumi.*.yaml";
/** Others may push at the same time, so often. */
const TRIES = 5;

/** A commit, as it is shown. */
export interface Commit {
  readonly id: string;
  readonly at: string;
  readonly author: string;
  readonly subject: string;
}

/**
 * The repository of environments and their locks, with a work tree of the service's own that follows it. Every change is a commit, pushed before
 * anybody goes by it; changes go one after the other.
 */
export class Repository {
  private last: Promise<unknown> = Promise.resolve();
  /** How often something was done that may have changed the work tree. */
  private done = 0;
  /** What waits for its turn by its name: whoever wants the same meanwhile waits with it. */
  private readonly waiting = new Map<string, Promise<void>>();

  private constructor(
    /** The work tree: the project's root for operations. */
    readonly root: string,
    readonly origin: string,
  ) {}

  /**
   * Opens it; a bare one is made in the folder where `origin` is not named.
   * @param access how it is logged in to. @default by what git finds by itself
   */
  static async open(folder: string, origin = join(folder, "environments.git"), access: RepositoryAccess = {}): Promise<Repository> {
    const root = join(folder, "project");
    const own = origin === join(folder, "environments.git");
    if (own && !existsSync(join(origin, "HEAD"))) {
      makeFolder(origin, PRIVATE_FOLDER);
      await git(folder, ["init", "--quiet", "--bare", `--initial-branch=${BRANCH}`, origin]);
    }
    const repository = new Repository(root, origin);
    if (!existsSync(join(root, ".git"))) await repository.clone();
    for (const [name, value] of Object.entries(accessSettings(access)))
      if (value === undefined) await repository.ifAny(["config", "--unset-all", name]);
      else await git(root, ["config", "--replace-all", name, value]);
    await repository.alone(() => repository.follow());
    return repository;
  }

  /**
   * Changes files of the work tree, and commits and pushes what came of it; nothing is committed where nothing differs. Where others have pushed
   * meanwhile, it is done again on top of theirs; where it throws, nothing is left of it.
   * @param work writes files below `root`, and gives the commit's subject
   */
  change(author: Author, work: () => Promise<string>): Promise<void> {
    return this.alone(() => this.changed(author, work));
  }

  /** Takes over what others have pushed. */
  refresh(): Promise<void> {
    return this.together("refresh", () => this.follow());
  }

  /** Commits what operations have written: the configuration of their stacks, with the salt of their secrets. Where they have written nothing, nobody is asked. */
  keepStacks(): Promise<void> {
    return this.together("keepStacks", async () => {
      if ((await this.stacksChanged()).length > 0) await this.changed(SERVICE, async () => "Keep the configuration of stacks");
    });
  }

  /** A number that is another one after every change that has gone through here. */
  get changes(): number {
    return this.done;
  }

  /** The newest commit; empty where there is none. */
  head(): Promise<string> {
    return this.commitOf("HEAD");
  }

  /** The newest commit that has touched one of some files; empty where none has. */
  async newest(...paths: readonly string[]): Promise<string> {
    return (await this.ifAny(["log", "--max-count=1", "--format=%H", "HEAD", "--", ...paths])).trim();
  }

  /** The commits that have touched one of some files, newest first. */
  async history(paths: string | readonly string[], most = 100): Promise<Commit[]> {
    const words = ["log", `--max-count=${most}`, "--format=%H%x00%aI%x00%an%x00%s", "HEAD", "--", ...[paths].flat()];
    const lines = (await this.ifAny(words)).split("\n").filter((line) => line !== "");
    return lines.map((line) => {
      const [id = "", at = "", author = "", subject = ""] = line.split("\0");
      return { id, at, author, subject };
    });
  }

  /** Every line that a file has ever had, newest first. */
  async linesEver(path: string): Promise<string[]> {
    const text = await this.ifAny(["log", "--format=", "--patch", "--unified=0", "--no-color", "--no-ext-diff", "HEAD", "--", path]);
    return text.split("\n").flatMap((line) => (line.startsWith("+") && !line.startsWith("+++ ") ? [line.slice(1)] : []));
  }

  private async changed(author: Author, work: () => Promise<string>): Promise<void> {
    for (let tries = 1; ; tries++) {
      await this.follow();
      const before = await this.commitOf("HEAD");
      try {
        const subject = await work();
        await git(this.root, ["add", "--all"]);
        if ((await git(this.root, ["status", "--porcelain"])) === "") return;
        await git(this.root, ["commit", "--quiet", "--message", subject], author);
        await git(this.root, ["push", "--quiet", "origin", `HEAD:refs/heads/${BRANCH}`]);
        return;
      } catch (error) {
        // The commit goes, and what is in it stays where it is: what others must not lose is taken from there.
        await git(this.root, before === "" ? ["read-tree", "--empty"] : ["reset", "--quiet", before]);
        if (before === "") await this.ifAny(["update-ref", "-d", "HEAD"]);
        await this.follow();
        if (tries === TRIES || !(error instanceof GitError && /rejected|fetch first|cannot lock ref/.test(error.text))) throw error;
      }
    }
  }

  /** Files with the configuration of stacks that are otherwise than in the newest commit. */
  private async stacksChanged(): Promise<string[]> {
    const listed = await git(this.root, ["ls-files", "-z", "--modified", "--others", "--exclude-standard", "--", STACKS]);
    return listed.split("\0").filter((path) => path !== "");
  }

  /** Once for all who want it before it has its turn: it looks at how things are then. */
  private together(name: string, work: () => Promise<void>): Promise<void> {
    const waits = this.waiting.get(name);
    if (waits !== undefined) return waits;
    const next = this.alone(() => {
      this.waiting.delete(name);
      return work();
    });
    this.waiting.set(name, next);
    return next;
  }

  /** Everything that changes the work tree, one after the other. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work, work).finally(() => {
      this.done += 1;
    });
    this.last = next.catch(() => undefined);
    return next;
  }

  /** Makes the work tree what others have pushed, but for the configuration of stacks: the engine writes that, and it is committed with what comes next. */
  private async follow(): Promise<void> {
    await git(this.root, ["fetch", "--quiet", "origin"]);
    const there = await this.commitOf(`refs/remotes/origin/${BRANCH}`);
    const here = await this.commitOf("HEAD");
    if (here !== there || (await git(this.root, ["status", "--porcelain", "--", ".", OTHERS])) !== "") {
      const kept = (await this.stacksChanged()).flatMap((path) => {
        const content = readIfThere(join(this.root, path));
        return content === undefined ? [] : [[path, content] as const];
      });
      if (there !== "") await git(this.root, ["reset", "--quiet", "--hard", `origin/${BRANCH}`]);
      // What a change has left that failed; what is ignored (`.kpaas/`) stays.
      await git(this.root, ["clean", "--quiet", "-d", "--force", "--exclude=Pulumi.*.yaml"]);
      for (const [path, content] of kept) keepFile(join(this.root, path), content);
    }
    makeFolder(join(this.root, "environments"));
  }

  private async clone(): Promise<void> {
    makeFolder(this.root, PRIVATE_FOLDER);
    await git(this.root, ["init", "--quiet", `--initial-branch=${BRANCH}`]);
    await git(this.root, ["remote", "add", "origin", this.origin]);
  }

  /** The commit that a name stands for; empty where there is none. */
  private async commitOf(name: string): Promise<string> {
    return (await this.ifAny(["rev-parse", "--verify", "--quiet", name])).trim();
  }

  private async ifAny(words: readonly string[]): Promise<string> {
    return await git(this.root, words).catch((error: unknown) => {
      if (error instanceof GitError) return "";
      throw error;
    });
  }
}
