import { isAbsolute, relative, resolve } from "node:path";
import { secretFields } from "../model/environment/fields";
import { isRecord } from "../model/environment/parse";
import { replaceReferences } from "../model/environment/variable-values";

/** The content with the paths of its secret references, written in a file of one folder, as they read in a file of another. */
export function moveReferences(content: unknown, from: string, to: string): unknown {
  if (from === to || !isRecord(content)) return content;
  const moved = structuredClone(content);
  const fromThere = (file: string): string => (isAbsolute(file) || file.startsWith("~/") ? file : relative(to, resolve(from, file)));
  for (const field of secretFields) {
    const reference = field.split(".").reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), moved);
    if (!isRecord(reference) || typeof reference.file !== "string") continue;
    reference.file = fromThere(reference.file);
  }
  const cluster = moved.cluster;
  if (isRecord(cluster) && isRecord(cluster.variables)) {
    cluster.variables = replaceReferences("", cluster.variables, (_path, reference) =>
      "file" in reference ? { file: fromThere(reference.file) } : reference,
    );
  }
  return moved;
}
