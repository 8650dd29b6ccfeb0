import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The file that a path written in a file of that folder means; `~/` is the home folder. */
export function fromFolder(folder: string, path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(folder, path);
}
