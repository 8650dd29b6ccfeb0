import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Who has wanted a change. */
export interface Author {
  readonly name: string;
  /** What tells them from others of that name; it takes the place of an address. */
  readonly id: string;
}

/** The service itself. */
export const SERVICE: Author = { name: "kpaas server", id: "kpaas-server" };
const TIMEOUT_MS = 60_000;
const OUTPUT = 64 * 2 ** 20;

/** Raised where git refuses; `text` is what it has said. */
export class GitError extends Error {
  override readonly name = "GitError";

  constructor(
    command: string,
    readonly text: string,
  ) {
    super(`git ${command} failed: ${text.trim().split("\n").at(-1) ?? ""}`);
  }
}

/** Runs git in a folder, without a shell; what the user's or the machine's settings say of hooks, signatures and helpers counts for nothing. */
export async function git(folder: string, words: readonly string[], author: Author = SERVICE): Promise<string> {
  const [command = ""] = words;
  const safe = ["-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "gc.auto=0", "-c", "protocol.ext.allow=never"];
  try {
    const { stdout } = await run("git", ["-C", folder, ...safe, ...words], {
      ...{ env: environment(author), timeout: TIMEOUT_MS, maxBuffer: OUTPUT, encoding: "utf8" },
    });
    return stdout;
  } catch (error) {
    throw new GitError(command, error instanceof Error && "stderr" in error ? String(error.stderr) : String(error));
  }
}

function environment(author: Author): NodeJS.ProcessEnv {
  const { PATH, HOME, SSH_AUTH_SOCK } = process.env;
  const who = (role: string, { name, id }: Author) => ({ [`GIT_${role}_NAME`]: plain(name), [`GIT_${role}_EMAIL`]: plain(id) });
  return {
    ...{ PATH, HOME, SSH_AUTH_SOCK, LC_ALL: "C.UTF-8" },
    ...{ GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
    ...who("AUTHOR", author),
    ...who("COMMITTER", SERVICE),
  };
}

/** As a line of a commit takes it: names come from tokens, and could end the line or begin another field. */
function plain(text: string): string {
  const cleaned = [...text].filter((char) => char >= " " && char !== "<" && char !== ">" && char !== "\u007f").join("");
  return cleaned.trim().slice(0, 200) || "unknown";
}
