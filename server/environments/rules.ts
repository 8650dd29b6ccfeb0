import { dirname, join, relative, resolve } from "node:path";
import { at, fields, isFields, list } from "../../model/data";
import type { Fault } from "../http/problem";

/** Whether somebody else than who asks for a change has to agree to it: unless its label `approval` is `own`. */
export function fourEyesOf(content: unknown): boolean {
  return at(content, "labels.approval") !== "own";
}

/** The variable by which a command is given the private half of an environment's SSH key. */
export const SSH_KEY = "KPAAS_SSH_PRIVATE_KEY";

/** Fields by which a file names others. */
const FILES = ["extends", "manifests"];
/** References that would read the files and variables of the machine that the service runs on. */
const REFERENCES = ["file", "env"];

/**
 * What a file reaches for beyond the repository of environments.
 * @param folder where it lies
 * @param variable the one variable of the environment that may be named
 */
export function reachingBeyond(content: unknown, folder: string, variable: string): Fault[] {
  const inside = (path: string) => !relative(folder, resolve(folder, path)).startsWith("..") && !path.startsWith("/");
  const look = (value: unknown, path: readonly string[]): Fault[] => {
    if (Array.isArray(value)) return list(value).flatMap((item, index) => look(item, [...path, String(index)]));
    if (!isFields(value)) return [];
    const [only = "", ...others] = Object.keys(value);
    if (others.length === 0 && REFERENCES.includes(only) && !(only === "env" && value.env === variable))
      return [
        {
          path: [...path, only].join("."),
          reason: "the machine that the service runs on is not read",
          remedy: "refer to the vault: { vault: PATH#FIELD }",
        },
      ];
    return Object.entries(fields(value)).flatMap(([name, inner]) => {
      const named = FILES.includes(name) ? [inner].flat().filter((each): each is string => typeof each === "string") : [];
      const outside = named.filter((each) => !inside(each));
      const here = outside.map((each) => ({
        path: [...path, name].join("."),
        reason: `${JSON.stringify(each)} is outside of the folder of environments`,
        remedy: "put the file into that folder",
      }));
      return [...here, ...look(inner, [...path, name])];
    });
  };
  return look(content, []);
}

/** Where an environment's file lies, and its lock. */
export function filesOf(root: string, name: string): { readonly file: string; readonly lock: string; readonly folder: string } {
  const file = join(root, "environments", `${name}.yaml`);
  return { file, lock: file.replace(/\.yaml$/, ".lock.yaml"), folder: dirname(file) };
}
