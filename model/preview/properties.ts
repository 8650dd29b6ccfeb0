import { isFields } from "../data";
import { formatPath, namedPath, type Path, parsePath, valueAt } from "./paths";
import { allSecret, isSecretName, SECRET_WORD, UNKNOWN_WORD, WORDS, withoutSecrets } from "./words";

/** One property of a resource that changes; secrets and what is not known yet are words. */
export interface PropertyChange {
  /** As the engine writes it: `spec.template.spec.containers[0].image`. */
  readonly path: string;
  /** The same for people, where that differs: elements of lists go by their names. */
  readonly label?: string;
  readonly kind: "add" | "delete" | "update";
  readonly old?: unknown;
  readonly new?: unknown;
  /** Why the resource is made anew. */
  readonly replaces?: true;
  /** What it is where its values say nothing to a reader. */
  readonly noise?: "checksum" | "certificate" | "first-boot data";
}

/** What the engine tells of a step, its marks for secrets and unknown values turned into words. */
export interface StepTold {
  readonly type: string;
  readonly oldInputs: unknown;
  readonly oldOutputs: unknown;
  readonly newInputs: unknown;
  /** By path; undefined where the provider gives none. */
  readonly detailed?: Readonly<Record<string, { readonly diffKind: string; readonly inputDiff: boolean }>>;
  /** Names of the changed properties. */
  readonly changed?: readonly string[];
}

/** Two values at a path. */
interface Pair {
  readonly path: Path;
  readonly old: unknown;
  readonly new: unknown;
  readonly replaces?: true;
  /** The path in the provider's own writing, which quotes keys by rules of its own. */
  readonly text?: string;
}

/**
 * The properties that a step changes, each down to what differs: no unchanged one, and none left out. Where a provider tells of more than
 * differs by what the engine shows (a secret, or a property that it computes), the path is told with what is known of it.
 */
export function propertyChanges(step: StepTold): PropertyChange[] {
  const told = Object.entries(step.detailed ?? {});
  const pairs = told.length > 0 ? detailedPairs(step, told) : coarsePairs(step);
  return pairs.map((pair) => shown(step, pair)).sort((a, b) => compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function detailedPairs(step: StepTold, told: readonly [string, { readonly diffKind: string; readonly inputDiff: boolean }][]): Pair[] {
  const pairs: Pair[] = [];
  const lists = new Set<string>();
  for (const [text, { diffKind, inputDiff }] of told) {
    const path = parsePath(text);
    const replaces = diffKind.endsWith("-replace") ? ({ replaces: true } as const) : {};
    const before = inputDiff ? step.oldInputs : step.oldOutputs;
    const list = shiftedList(path, before, step.newInputs);
    if (list !== undefined) {
      // A provider tells of lists place by place, so that one element put in front changes all of them: they are compared as lists, once.
      if (lists.has(formatPath(list))) continue;
      lists.add(formatPath(list));
      pairs.push(...differences(pairAt(list, before, step.newInputs)).map((pair) => ({ ...pair, ...replaces })));
      continue;
    }
    // A key of its own in front has what follows written as what follows.
    const textOf = (leaf: Path) => text + formatPath(["-", ...leaf.slice(path.length)]).slice(1);
    pairs.push(...leaves(path, before, step).map((pair) => ({ ...pair, ...replaces, text: textOf(pair.path) })));
  }
  return pairs;
}

/** What differs at a path that changes by the provider's word, also where the engine shows the same on both sides, or nothing. */
function leaves(path: Path, before: unknown, { oldInputs, newInputs }: StepTold): Pair[] {
  const pair = pairAt(path, before, newInputs);
  for (const each of [pair, pairAt(path, oldInputs, newInputs)]) {
    const found = differences(each);
    if (found.length > 0) return found;
  }
  return [JSON.stringify(pair.new ?? null).includes(SECRET_WORD) ? secretLeaf(pair) : { path, old: undefined, new: undefined }];
}

/** The first secret below a path: two of them look the same. */
function secretLeaf(pair: Pair): Pair {
  const { path, new: wanted } = pair;
  const keys = isFields(wanted) ? Object.keys(wanted) : Array.isArray(wanted) ? wanted.map((_, place) => place) : [];
  for (const key of keys) {
    const value = valueAt(wanted, [key], []);
    if (JSON.stringify(value ?? null).includes(SECRET_WORD)) return secretLeaf({ path: [...path, key], old: SECRET_WORD, new: value });
  }
  return { path, old: SECRET_WORD, new: SECRET_WORD };
}

/** The innermost list on the way of a path whose length changes. */
function shiftedList(path: Path, before: unknown, after: unknown): Path | undefined {
  for (let end = path.length - 1; end >= 0; end--) {
    if (typeof path[end] !== "number") continue;
    const own = path.slice(0, end);
    const [old, wanted] = [valueAt(before, own, WORDS), valueAt(after, own, WORDS)];
    if (Array.isArray(old) && Array.isArray(wanted) && old.length !== wanted.length) return own;
  }
  return undefined;
}

/** Where only the names of changed properties are told, or nothing at all: the inputs are compared. */
function coarsePairs({ changed, oldInputs, newInputs }: StepTold): Pair[] {
  const [before, after] = [isFields(oldInputs) ? oldInputs : {}, isFields(newInputs) ? newInputs : {}];
  const told = changed !== undefined && changed.length > 0;
  const names = told ? changed : [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !name.startsWith("__"));
  return names.flatMap((name) => {
    const pair = pairAt([name], before, after);
    const found = differences(pair);
    return found.length > 0 || !told ? found : [pair];
  });
}

function pairAt(path: Path, before: unknown, after: unknown): Pair {
  return { path, old: valueAt(before, path, WORDS), new: valueAt(after, path, WORDS) };
}

/** The leaves in which two values differ. */
function differences({ path, old, new: wanted }: Pair): Pair[] {
  if (isFields(old) && isFields(wanted)) {
    return [...new Set([...Object.keys(old), ...Object.keys(wanted)])]
      .filter((key) => !key.startsWith("__"))
      .flatMap((key) => differences({ path: [...path, key], old: old[key], new: wanted[key] }));
  }
  if (Array.isArray(old) && Array.isArray(wanted)) return listDifferences(path, old, wanted);
  return JSON.stringify(old) === JSON.stringify(wanted) ? [] : [{ path, old, new: wanted }];
}

/** Lists by what stays in them, whatever its place; what is left over is told apart by name, else by place where there is as much of it. */
function listDifferences(path: Path, old: readonly unknown[], wanted: readonly unknown[]): Pair[] {
  const places = new Map<string, number[]>();
  old.forEach((item, place) => {
    const id = JSON.stringify(item);
    places.set(id, [...(places.get(id) ?? []), place]);
  });
  const kept = new Set<number>();
  const added = wanted.flatMap((item, place) => {
    const same = places.get(JSON.stringify(item))?.shift();
    if (same === undefined) return [{ item, place }];
    kept.add(same);
    return [];
  });
  const removed = old.map((item, place) => ({ item, place })).filter(({ place }) => !kept.has(place));
  if (added.length === 0 && removed.length === 0) {
    // The same elements in another order.
    return JSON.stringify(old) === JSON.stringify(wanted) ? [] : [{ path, old, new: wanted }];
  }
  const found: Pair[] = [];
  const partnerOf = (item: unknown, index: number): number => {
    const name = isFields(item) ? item.name : undefined;
    if (typeof name === "string") return removed.findIndex((other) => isFields(other.item) && other.item.name === name);
    return removed.length === added.length ? index : -1;
  };
  const met = new Set<number>();
  added.forEach(({ item, place }, index) => {
    const partner = partnerOf(item, index);
    const other = removed[partner];
    if (other === undefined || met.has(partner)) found.push({ path: [...path, place], old: undefined, new: item });
    else {
      met.add(partner);
      found.push(...differences({ path: [...path, place], old: other.item, new: item }));
    }
  });
  removed.forEach(({ item, place }, index) => {
    if (!met.has(index)) found.push({ path: [...path, place], old: item, new: undefined });
  });
  return found;
}

/** The words, the noise and the kind of a change. */
function shown(step: StepTold, { path, old, new: wanted, replaces, text = formatPath(path) }: Pair): PropertyChange {
  const label = wanted === undefined ? namedPath(path, step.oldInputs, step.newInputs) : namedPath(path, step.newInputs, step.oldInputs);
  const noise = noiseOf(path, old, wanted);
  const [before, after] = isSecret(step.type, path, label)
    ? [allSecret(old), allSecret(wanted)]
    : [old, wanted].map((value) => withoutSecrets(value, String(path.at(-1))));
  // A Secret's `stringData` comes back as `data`, where the inputs hold nothing.
  const hidden = before === undefined && after === undefined && isSecret(step.type, path, label);
  const [from, to] = hidden ? [SECRET_WORD, SECRET_WORD] : [before, after];
  return {
    path: text,
    ...(label === formatPath(path) ? {} : { label }),
    kind: from === undefined && to !== undefined ? "add" : from !== undefined && to === undefined ? "delete" : "update",
    ...(from === undefined ? {} : { old: from }),
    ...(to === undefined ? {} : { new: to }),
    ...(replaces ? { replaces } : {}),
    ...(noise === undefined ? {} : { noise }),
  };
}

function isSecret(type: string, path: Path, label: string): boolean {
  if (type === "kubernetes:core/v1:Secret" && (path[0] === "data" || path[0] === "stringData")) return true;
  if (path.at(-1) !== "value") return false;
  // The value of an environment variable, which goes by its name.
  const owner = parsePath(label).at(-2);
  return isSecretName(owner);
}

function noiseOf(path: Path, old: unknown, wanted: unknown): PropertyChange["noise"] {
  const last = String(path.at(-1));
  if (/^user_?data$/i.test(last)) return "first-boot data";
  if (/^kpaas\/|^checksum\/|(^|[._-])(checksum|hash|sha256)$/i.test(last)) return "checksum";
  const pem = (value: unknown) => typeof value === "string" && value.startsWith("-----BEGIN CERTIFICATE");
  if (pem(old) || pem(wanted) || (wanted === UNKNOWN_WORD && /Pem$/.test(last))) return "certificate";
  return undefined;
}
