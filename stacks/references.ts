import { isAbsolute, relative, resolve } from "node:path";
import { secretFields } from "../model/environment/fields";
import { isRecord } from "../model/environment/parse";

/** The content with the paths of its secret references, written in a file of one folder, as they read in a file of another. */
export function moveReferences(content: unknown, from: string, to: string): unknown {
  if (from === to || !isRecord(content)) return content;
  const moved = structuredClone(content);
  for (const field of secretFields) {
    const reference = field.split(".").reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), moved);
    if (!isRecord(reference) || typeof reference.file !== "string") continue;
    if (!isAbsolute(reference.file) && !reference.file.startsWith("~/")) reference.file = relative(to, resolve(from, reference.file));
  }
  return moved;
}
