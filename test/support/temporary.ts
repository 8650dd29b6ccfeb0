import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeFolder } from "../../host/files";

/** Gives each test of the enclosing `describe` new folders and removes them afterwards. */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) removeFolder(folder);
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), "kpaas-test-"));
    made.push(folder);
    return folder;
  };
}
