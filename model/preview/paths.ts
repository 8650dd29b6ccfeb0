import { isFields } from "../data";

/** A property path in its parts: keys, and places in lists. */
export type Path = readonly (string | number)[];

/** The parts of a path as the engine writes it: `spec.ports[0].port`, `metadata.labels["a.b/c"]`. */
export function parsePath(path: string): Path {
  const parts: (string | number)[] = [];
  for (const [, key, index, quoted] of path.matchAll(/([^.[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/g)) {
    if (key !== undefined) parts.push(key);
    else if (index !== undefined) parts.push(Number(index));
    else parts.push((quoted ?? "").replace(/\\(.)/g, "$1"));
  }
  return parts;
}

/** A path as the engine writes it. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (!/^[\w$-]+$/.test(part)) return `["${part.replace(/["\\]/g, "\\$&")}"]`;
      return index === 0 ? part : `.${part}`;
    })
    .join("");
}

/** What stands at a path. A word that stands for something hidden stands for everything below it too. */
export function valueAt(value: unknown, path: Path, words: readonly string[]): unknown {
  let inner = value;
  for (const part of path) {
    if (words.some((word) => word === inner)) return inner;
    inner = Array.isArray(inner) ? inner[Number(part)] : isFields(inner) ? inner[String(part)] : undefined;
  }
  return inner;
}

/** The path for people: a list's elements by their names, where they have some. */
export function namedPath(path: Path, ...values: readonly unknown[]): string {
  return formatPath(
    path.map((part, index) => {
      if (typeof part !== "number") return part;
      for (const value of values) {
        const element = valueAt(value, path.slice(0, index + 1), []);
        if (isFields(element) && typeof element.name === "string") return element.name;
      }
      return part;
    }),
  );
}
