import { type DiffKind, UNKNOWN } from "../../plugin/rpc/provider";
import { type Fields, fields, isFields, same } from "./values";

type Path = readonly (string | number)[];

/**
 * What changes from `before` to `after`, by property path. A change at, above or below one of `forceNew` (dotted paths) replaces.
 * Values never stand in the result.
 */
export function diffFields(before: Fields, after: Fields, forceNew: readonly string[]): Record<string, DiffKind> {
  const result: Record<string, DiffKind> = {};
  walk(before, after, [], (path, kind) => {
    const replaces = forceNew.some((one) => touches(path, one.split(".")));
    result[written(path)] = replaces ? `${kind}-replace` : kind;
  });
  return result;
}

/** Takes out the changes at or below the paths to ignore. */
export function withoutIgnored(changes: Readonly<Record<string, DiffKind>>, ignored: readonly string[]): Record<string, DiffKind> {
  const below = (path: string, parent: string): boolean =>
    path === parent || path.startsWith(`${parent}.`) || path.startsWith(`${parent}[`);
  return Object.fromEntries(Object.entries(changes).filter(([path]) => !ignored.some((one) => below(path, one))));
}

function walk(before: unknown, after: unknown, path: Path, note: (path: Path, kind: "add" | "delete" | "update") => void): void {
  if (same(before, after) && before !== UNKNOWN) return;
  if (before === undefined || before === null) note(path, "add");
  else if (after === undefined || after === null) note(path, "delete");
  else if (isFields(before) && isFields(after)) {
    for (const key of Object.keys({ ...before, ...after })) walk(before[key], after[key], [...path, key], note);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1)
      walk(before[index], after[index], [...path, index], note);
  } else note(path, "update");
}

function touches(path: Path, forceNew: readonly string[]): boolean {
  const plain = path.filter((part) => typeof part === "string");
  const shorter = Math.min(plain.length, forceNew.length);
  return shorter > 0 && plain.slice(0, shorter).every((part, index) => part === forceNew[index]);
}

function written(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** The part of a live value that has the shape of what was asked for. Lists of another length stand whole. */
export function pruneTo(live: unknown, asked: unknown): unknown {
  if (isFields(live) && isFields(asked)) {
    return Object.fromEntries(
      Object.keys(asked)
        .filter((key) => live[key] !== undefined)
        .map((key) => [key, pruneTo(live[key], fields(asked)[key])]),
    );
  }
  if (Array.isArray(live) && Array.isArray(asked)) {
    return live.length === asked.length ? live.map((inner, index) => pruneTo(inner, asked[index])) : live;
  }
  return live;
}
