import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { keepFile } from "./files";

/** Makes the project's `.kpaas/`, which git never takes up, whatever the project's own .gitignore says. Asked for before anything is written there. */
export function makeOwnFolder(root: string): void {
  // Below it are keys and states, and the engine, whose files have modes of its own.
  mkdirSync(join(root, ".kpaas"), { recursive: true, mode: 0o700 });
  keepFile(join(root, ".kpaas", ".gitignore"), "*\n", { mode: 0o644 });
}
