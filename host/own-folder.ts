import { join } from "node:path";
import { keepFile, makeFolder, PRIVATE_FOLDER } from "./files";

/** Makes the project's `.kpaas/`, which git never takes up, whatever the project's own .gitignore says. Asked for before anything is written there. */
export function makeOwnFolder(root: string): void {
  // Below it are keys and states, and the engine, whose files have modes of its own.
  makeFolder(join(root, ".kpaas"), PRIVATE_FOLDER);
  keepFile(join(root, ".kpaas", ".gitignore"), "*\n", { mode: 0o644 });
}
