import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";

/** The collection of this package: three above dist/plugin/ansible. */
export const COLLECTION = resolve(__dirname, "..", "..", "..", "ansible");

/** What a playbook is looked up as. */
export interface PlaybookFile {
  readonly path: string;
  /** What it may read: a change of anything in there runs it again. */
  readonly folder: string;
}

/** A playbook of a user's own, by a path that ends in .yml or .yaml, or one of ours, by its name. */
export function playbookFile(playbook: string, root: string): PlaybookFile {
  if (!/\.ya?ml$/.test(playbook)) return { path: join(COLLECTION, "playbooks", `${playbook}.yml`), folder: COLLECTION };
  const path = isAbsolute(playbook) ? playbook : resolve(root, playbook);
  return { path, folder: dirname(path) };
}

/** More than this is no folder of playbooks. */
const FILES = 5_000;

/** Folders that no playbook is made of. */
const SKIPPED = /^(\..*|node_modules|__pycache__)$/;

/**
 * Tells one content of a folder from another: names and bytes of every file, but for hidden ones and what tools leave.
 * @throws Error where it holds more files than a folder of playbooks would
 */
export function folderDigest(folder: string): string {
  const hash = createHash("sha256");
  let files = 0;
  const walk = (path: string, name: string): void => {
    for (const entry of readdirSync(path).sort()) {
      if (SKIPPED.test(entry)) continue;
      const [inner, innerName] = [join(path, entry), name === "" ? entry : `${name}/${entry}`];
      if (statSync(inner).isDirectory()) walk(inner, innerName);
      else {
        files += 1;
        if (files > FILES) throw new Error(`${folder} holds more than ${FILES} files: keep the playbook in a folder of its own`);
        const content = readFileSync(inner);
        hash.update(`${innerName.length}:${innerName}${content.length}:`).update(content);
      }
    }
  };
  walk(folder, "");
  return hash.digest("hex");
}
