import type { PropertyChange } from "./properties";
import type { ChangeGroup, GroupedChange } from "./types";
import { SECRET_WORD, UNKNOWN_WORD } from "./words";

/** How much is shown: the short view, every changed property, or every resource too. */
export type Depth = "short" | "diff" | "full";

/** Lines, and whether something is left out of them. */
export interface Told {
  readonly lines: readonly string[];
  readonly shortened: boolean;
}

/** Characters of a value, properties of a group and names of new resources in the short view. */
const SHORT = { value: 60, properties: 8, names: 6 } as const;

/** From so many resources on, one change that they share is told once in the short view. */
const SHARED = 3;

const MARKS: Readonly<Record<string, string>> = { create: "+", import: "+", delete: "-", discard: "-", replace: "±" };

/** The changed resources of every group, with what changes in them. */
export function changeLines(groups: readonly ChangeGroup[], depth: Depth): Told {
  const shared = depth === "short" ? sharedChanges(groups) : new Map<string, Shared>();
  const told = groups.map(({ name, about, resources }) => {
    const own = groupLines(name, resources, depth, shared);
    const head = about === undefined ? name : `${name}: ${about}`;
    return { ...own, lines: own.lines.length === 0 ? [] : [head, ...own.lines.map((line) => `  ${line}`)] };
  });
  return {
    lines: [...told.flatMap(({ lines }) => lines), ...[...shared.values()].map(sharedLine)],
    shortened: shared.size > 0 || told.some(({ shortened }) => shortened),
  };
}

interface Shared {
  readonly property: PropertyChange;
  readonly count: number;
  readonly kinds: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

function idOf({ path, label = path, kind, old, new: wanted, noise }: PropertyChange): string {
  return JSON.stringify([label, kind, old, wanted, noise]);
}

/** Changes that many resources share, such as a label that everything carries. */
function sharedChanges(groups: readonly ChangeGroup[]): Map<string, Shared> {
  const found = new Map<string, Shared>();
  for (const { name, resources } of groups) {
    for (const { kind, properties } of resources) {
      for (const property of properties) {
        const id = idOf(property);
        const { count = 0, kinds = [], groups: known = [] } = found.get(id) ?? {};
        found.set(id, { property, count: count + 1, kinds: new Set([...kinds, kind]), groups: new Set([...known, name]) });
      }
    }
  }
  return new Map([...found].filter(([, { count }]) => count >= SHARED));
}

function sharedLine({ property, count, kinds, groups }: Shared): string {
  const names = [...groups];
  const more = names.length > SHORT.names ? ` and ${names.length - SHORT.names} more` : "";
  const what = kinds.size === 1 ? [...kinds].join("") : "resources";
  return `~ ${count} ${what} of ${names.slice(0, SHORT.names).join(", ")}${more}: ${propertyText(property, SHORT.value).text}`;
}

function groupLines(group: string, resources: readonly GroupedChange[], depth: Depth, shared: ReadonlyMap<string, unknown>): Told {
  const title = (resource: GroupedChange) => titleOf(group, resource);
  const [made, rest] = [resources.filter(isMade), resources.filter((resource) => !isMade(resource))];
  const [gone, changed] = [rest.filter(isGone), rest.filter((resource) => !isGone(resource))];
  const listed = (mark: string, some: readonly GroupedChange[]): Told => {
    if (depth === "full") return { lines: some.map((each) => `${mark} ${title(each)}  (${each.type} ${each.name})`), shortened: false };
    if (some.length === 0) return { lines: [], shortened: false };
    if (some.length <= SHORT.names) return { lines: [`${mark} ${some.map(title).join(", ")}`], shortened: false };
    return { lines: [`${mark} ${counted(some)}`], shortened: true };
  };
  const parts: Told[] = changed.map((resource) => changedLines(title(resource), resource, depth, shared));
  const [added, removed] = [listed("+", made), listed("-", gone)];
  const lines = parts.flatMap((part) => part.lines);
  const over = depth === "short" ? lines.length - SHORT.properties : 0;
  const kept = over > 1 ? [...lines.slice(0, SHORT.properties), `… ${over} more lines: --diff`] : lines;
  return {
    lines: [...removed.lines, ...added.lines, ...kept],
    shortened: over > 1 || [added, removed, ...parts].some(({ shortened }) => shortened),
  };
}

function isMade({ op }: GroupedChange): boolean {
  return MARKS[op] === "+";
}

function isGone({ op }: GroupedChange): boolean {
  return MARKS[op] === "-";
}

/** A resource within its group; where its label says what it is, its kind is left out. */
function titleOf(group: string, { kind, label }: GroupedChange): string {
  if (label === "") return kind;
  return group === "network" || group.startsWith("machine ") ? label : `${kind} ${label}`;
}

function counted(resources: readonly GroupedChange[]): string {
  const kinds = new Map<string, number>();
  for (const { kind } of resources) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return [...kinds].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`)).join(", ");
}

function changedLines(title: string, resource: GroupedChange, depth: Depth, shared: ReadonlyMap<string, unknown>): Told {
  const mark = MARKS[resource.op] ?? "~";
  const name = depth === "full" ? `${title}  (${resource.type} ${resource.name})` : title;
  const own = resource.properties.filter((property) => !shared.has(idOf(property)));
  // What it shares with others is told once, for all of them.
  if (own.length === 0 && resource.properties.length > 0 && mark === "~") return { lines: [], shortened: false };
  if (depth !== "short")
    return { lines: [`${mark} ${name}`, ...own.flatMap((each) => fullLines(each).map((line) => `    ${line}`))], shortened: false };
  const loud = own.filter(({ noise }) => noise === undefined).map((property) => propertyText(property, SHORT.value));
  const quiet = noiseWords(own);
  const [only, ...more] = [...loud.map(({ text }) => text), ...quiet];
  const shortened = quiet.length > 0 || loud.some((each) => each.shortened);
  if (only === undefined) return { lines: [`${mark} ${name}`], shortened };
  return {
    lines: more.length === 0 ? [`${mark} ${name}: ${only}`] : [`${mark} ${name}`, ...[only, ...more].map((line) => `    ${line}`)],
    shortened,
  };
}

/** One word for each kind of change whose values say nothing. */
function noiseWords(properties: readonly PropertyChange[]): string[] {
  const words = [...new Set(properties.flatMap(({ noise }) => (noise === undefined ? [] : [noise])))];
  return words.length === 0 ? [] : [`(${words.join(", ")})`];
}

function fullLines(property: PropertyChange): string[] {
  const { old, new: wanted, noise } = property;
  const texts = [old, wanted].filter((value): value is string => typeof value === "string");
  if (noise === undefined && texts.some((value) => value.trimEnd().includes("\n"))) {
    return [
      `${nameOf(property)}:`,
      ...textDifference(
        texts.length === 2 || wanted === undefined ? (texts[0] ?? "") : "",
        wanted === undefined ? "" : (texts.at(-1) ?? ""),
      ),
    ];
  }
  return [propertyText(property, Number.POSITIVE_INFINITY).text];
}

/** The lines of a text that go and come, without those around them that stay. */
function textDifference(old: string, wanted: string): string[] {
  const [before, after] = [old, wanted].map((value) => (value === "" ? [] : value.trimEnd().split("\n")));
  const [was, becomes] = [before ?? [], after ?? []];
  const most = Math.min(was.length, becomes.length);
  let head = 0;
  while (head < most && was[head] === becomes[head]) head++;
  let tail = 0;
  while (tail < most - head && was.at(-1 - tail) === becomes.at(-1 - tail)) tail++;
  const middle = (mark: string, lines: readonly string[]) => lines.slice(head, lines.length - tail).map((line) => `  ${mark} ${line}`);
  return [...middle("-", was), ...middle("+", becomes)];
}

function nameOf({ path, label = path, replaces }: PropertyChange): string {
  return replaces ? `${label} (replaces)` : label;
}

/** One property in a line, its values cut at so many characters. */
export function propertyText(property: PropertyChange, most: number): { readonly text: string; readonly shortened: boolean } {
  const name = nameOf(property);
  const { old, new: wanted, noise } = property;
  if (noise !== undefined) return { text: `${name}: ${noise} changes`, shortened: false };
  if (old === undefined && wanted === undefined) return { text: `${name}: changes`, shortened: false };
  if (old === SECRET_WORD && wanted === SECRET_WORD) return { text: `${name}: secret changes`, shortened: false };
  const [before, after] = [old, wanted].map((value) => (value === undefined ? undefined : valueText(value, most)));
  const values = before === undefined ? `+ ${after?.text}` : after === undefined ? `- ${before.text}` : `${before.text} → ${after.text}`;
  return { text: `${name}: ${values}`, shortened: before?.shortened === true || after?.shortened === true };
}

/** A value in a line, cut where it is too long. */
function valueText(value: unknown, most: number): { readonly text: string; readonly shortened: boolean } {
  if (value === UNKNOWN_WORD) return { text: "known after up", shortened: false };
  if (value === SECRET_WORD) return { text: SECRET_WORD, shortened: false };
  const plain =
    typeof value === "string" &&
    value !== "" &&
    value === value.trim() &&
    !value.includes("\n") &&
    !/^(true|false|null|-?\d+(\.\d+)?)$/.test(value);
  const text = (plain ? value : JSON.stringify(value)).replaceAll(`"${UNKNOWN_WORD}"`, "known after up");
  return text.length <= most ? { text, shortened: false } : { text: `${text.slice(0, most - 1)}…`, shortened: true };
}
