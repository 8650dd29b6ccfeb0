import { isAbsolute, relative, resolve } from "node:path";
import { secretFields } from "../model/environment/fields";
import { isRecord } from "../model/environment/parse";
import { replaceReferences } from "../model/environment/variable-values";
import type { SecretReference } from "../model/plan/types";

/** The content with the paths of its secret references, written in a file of one folder, as they read in a file of another. */
export function moveReferences(content: unknown, from: string, to: string): unknown {
  if (from === to || !isRecord(content)) return content;
  const move = (_path: string, reference: SecretReference): SecretReference =>
    "file" in reference && !isAbsolute(reference.file) && !reference.file.startsWith("~/")
      ? { file: relative(to, resolve(from, reference.file)) }
      : reference;
  const moved = structuredClone(content);
  for (const field of [...secretFields, "cluster.variables"]) {
    const steps = field.split(".");
    const last = steps.pop() ?? "";
    const parent = steps.reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), moved);
    if (isRecord(parent) && parent[last] !== undefined) parent[last] = replaceReferences(field, parent[last], move);
  }
  return moved;
}
