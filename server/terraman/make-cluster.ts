import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadEnvironment, writeLock } from "../../files/load";
import { writeWhole } from "../../host/files";
import { InvalidInputError } from "../../model/problems";
import type { Author } from "../git/git";
import type { Repository } from "../git/repository";
import { textOf } from "./template-text";

/** An environment's name: a DNS label of at most 30 characters. */
const LABEL = /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/;

/** What an environment is made of. */
export interface Wanted {
  readonly id: string;
  readonly name: string;
  /** The template's text, that was checked. */
  readonly text: string;
  /** Whether its machines are logged in to by a key that is kept here. */
  readonly keyed: boolean;
}

/**
 * Writes an environment of a template's text, with its lock, and commits both. Gives its name: the cluster's own where that is one and is free,
 * else one of the cluster's number.
 * @throws InvalidInputError with all that is wrong with it; nothing is left of it then
 */
export async function makeEnvironment(
  { root, change }: Pick<Repository, "root"> & { change: Repository["change"] },
  wanted: Wanted,
  author: Author,
): Promise<string> {
  let made = "";
  await change(author, async () => {
    const fileOf = (name: string) => join(root, "environments", `${name}.yaml`);
    const own = wanted.name.trim();
    made = LABEL.test(own) && !existsSync(fileOf(own)) ? own : `c-${wanted.id.slice(0, 8)}`;
    if (existsSync(fileOf(made)))
      throw new InvalidInputError([
        {
          environment: made,
          path: "resourceName",
          reason: "an environment of this name is there",
          remedy: "choose another name",
          severity: "error",
        },
      ]);
    writeWhole(fileOf(made), textOf(wanted.text, made, wanted.keyed));
    const loaded = loadEnvironment(made, root);
    const errors = loaded.problems.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new InvalidInputError(errors.map((problem) => ({ ...problem, path: `hclScript.${problem.path}` })));
    writeLock(loaded);
    return `Add ${made}`;
  });
  return made;
}
