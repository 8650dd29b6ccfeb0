import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, PRIVATE_FOLDER } from "../../host/files";
import { type Author, GitError, git } from "./git";

const BRANCH = "main";
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

  private constructor(
    /** The work tree: the project's root for operations. */
    readonly root: string,
    readonly origin: string,
  ) {}

  /** Opens it; a bare one is made in the folder where `origin` is not named. */
  static async open(folder: string, origin = join(folder, "environments.git")): Promise<Repository> {
    const root = join(folder, "project");
    const own = origin === join(folder, "environments.git");
    if (own && !existsSync(join(origin, "HEAD"))) {
      makeFolder(origin, PRIVATE_FOLDER);
      await git(folder, ["init", "--quiet", "--bare", `--initial-branch=${BRANCH}`, origin]);
    }
    const repository = new Repository(root, origin);
    if (!existsSync(join(root, ".git"))) await repository.clone();
    await repository.alone(() => repository.follow());
    return repository;
  }

  /**
   * Changes files of the work tree, and commits and pushes what came of it; nothing is committed where nothing differs. Where others have pushed
   * meanwhile, it is done again on top of theirs; where it throws, nothing is left of it.
   * @param work writes files below `root`, and gives the commit's subject
   */
  change(author: Author, work: () => Promise<string>): Promise<void> {
    return this.alone(async () => {
      for (let tries = 1; ; tries++) {
        await this.follow();
        try {
          const subject = await work();
          await git(this.root, ["add", "--all"]);
          if ((await git(this.root, ["status", "--porcelain"])) === "") return;
          await git(this.root, ["commit", "--quiet", "--message", subject], author);
          await git(this.root, ["push", "--quiet", "origin", `HEAD:refs/heads/${BRANCH}`]);
          return;
        } catch (error) {
          await this.follow();
          if (tries === TRIES || !(error instanceof GitError && /rejected|fetch first|cannot lock ref/.test(error.text))) throw error;
        }
      }
    });
  }

  /** Takes over what others have pushed. */
  refresh(): Promise<void> {
    return this.alone(() => this.follow());
  }

  /** The commits that have touched a file, newest first. */
  async history(path: string, most = 100): Promise<Commit[]> {
    const words = ["log", `--max-count=${most}`, "--format=%H%x00%aI%x00%an%x00%s", "HEAD", "--", path];
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

  /** Everything that changes the work tree, one after the other. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work, work);
    this.last = next.catch(() => undefined);
    return next;
  }

  private async follow(): Promise<void> {
    await git(this.root, ["fetch", "--quiet", "origin"]);
    const there = await this.ifAny(["rev-parse", "--verify", "--quiet", `refs/remotes/origin/${BRANCH}`]);
    if (there === "") await git(this.root, ["update-ref", "-d", "HEAD"]).catch(() => undefined);
    else await git(this.root, ["reset", "--quiet", "--hard", `origin/${BRANCH}`]);
    // What a change has left that failed; what is ignored (`.kpaas/`) stays.
    await git(this.root, ["clean", "--quiet", "-d", "--force"]);
    makeFolder(join(this.root, "environments"));
  }

  private async clone(): Promise<void> {
    makeFolder(this.root, PRIVATE_FOLDER);
    await git(this.root, ["init", "--quiet", `--initial-branch=${BRANCH}`]);
    await git(this.root, ["remote", "add", "origin", this.origin]);
  }

  private async ifAny(words: readonly string[]): Promise<string> {
    return await git(this.root, words).catch((error: unknown) => {
      if (error instanceof GitError) return "";
      throw error;
    });
  }
}
