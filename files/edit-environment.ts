import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { writeWhole } from "../host/files";
import type { Lock } from "../model/lock";
import { InvalidInputError, type Problem } from "../model/problems";
import { type Edit, editYaml } from "./edit-yaml";
import { type LoadedEnvironment, loadEnvironment, writeLock } from "./load";

/** An environment as it is once its file is changed. Nothing is written yet. */
export interface EditedEnvironment {
  readonly loaded: LoadedEnvironment;
  readonly edits: readonly Edit[];
  readonly text: string;
  /** What the file held when it was read. */
  readonly was: string;
}

/**
 * Changes fields in the text of an environment's own file, and plans what comes of it.
 * @throws InvalidInputError where the text cannot be changed there; what is wrong with the changed environment is in `loaded.problems`
 */
export function editEnvironment(before: LoadedEnvironment, root: string, edits: readonly Edit[]): EditedEnvironment {
  const was = readFileSync(before.file, "utf8");
  const text = editYaml(was, edits);
  if (text === undefined) throw new InvalidInputError(edits.map((edit) => byHand(before, edit)));
  return { loaded: loadEnvironment(before.file, root, undefined, { text }), edits, text, was };
}

/** An environment with another lock, planned anew. Nothing is written yet. */
export function relocked({ file }: LoadedEnvironment, root: string, lock: Lock): LoadedEnvironment {
  return loadEnvironment(file, root, undefined, { lock });
}

/** Writes the changed file and its lock. @throws InvalidInputError where somebody else has changed the file in the meantime */
export function writeEdited({ loaded, text, was }: EditedEnvironment): void {
  if (readFileSync(loaded.file, "utf8") !== was) {
    const reason = `${basename(loaded.file)} was changed by somebody else meanwhile`;
    throw new InvalidInputError([{ ...problemAt(loaded, ""), reason, remedy: "run the same command again" }]);
  }
  writeWhole(loaded.file, text);
  writeLock(loaded);
}

function byHand(loaded: LoadedEnvironment, { path, value }: Edit): Problem {
  const field = path.join(".");
  const remedy = value === undefined ? "take the field out by hand" : `write it by hand: ${path.at(-1)}: ${JSON.stringify(value)}`;
  const reason = `cannot be changed alone: an alias, a merge or another form of YAML stands there in ${basename(loaded.file)}`;
  return { ...problemAt(loaded, field), reason, remedy };
}

function problemAt({ name }: LoadedEnvironment, path: string): Pick<Problem, "environment" | "path" | "severity"> {
  return { environment: name, path, severity: "error" };
}
