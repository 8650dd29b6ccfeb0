import { isDeepStrictEqual } from "node:util";
import { at, type Fields, fields, isFields, list } from "../model/data";

/** A chart's values with one of them changed. */
export interface Probe {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  /** What of `after` is recognised in the objects: all of it, or the element or key that was added. */
  readonly mark: unknown;
  readonly values: Fields;
}

/** A probe and the objects it gave. */
export interface Probed extends Probe {
  readonly objects: readonly Fields[];
}

/** What names of objects are made of stands in the facts as `{fullname}`. */
const NAMES = ["nameOverride", "fullnameOverride"];

/** The changes of one value each that show where it goes. */
export function probesOf(base: Fields, defaults: Fields, optional: readonly string[]): Probe[] {
  const probes: Probe[] = [];
  const add = (path: string, before: unknown, after: unknown, mark: unknown = after) =>
    probes.push({ path, before, after, mark, values: placed(base, path, after) });
  const visit = (path: string, value: unknown): void => {
    const word = `probe-${probes.length}`;
    if (typeof value === "boolean") add(path, value, !value);
    else if (typeof value === "string") {
      add(path, value, word);
      // Where one is not given, the chart may have one of its own.
      if (value !== "" && (value !== at(defaults, path) || /\b(tag|registry|repository|image)$/.test(path))) add(path, value, "");
    } else if (typeof value === "number") {
      add(path, value, 7000 + probes.length);
      if (value > 1) add(path, value, 1);
    } else if (Array.isArray(value)) {
      const elements = value.length === 0 ? [word, { [word]: word }] : [isFields(value[0]) ? { [word]: word } : word];
      for (const element of elements) add(path, value, [...value, element], element);
    } else if (isFields(value)) {
      add(path, value, { ...value, [word]: word }, word);
      // A key with a dot in it is no path: such a map goes where it goes as a whole.
      if (Object.keys(value).every((key) => /^\w+$/.test(key)))
        for (const [key, inner] of Object.entries(value)) visit(path === "" ? key : `${path}.${key}`, inner);
    } else {
      add(path, value, word);
      add(path, value, { [word]: word }, word);
      add(path, value, [{ [word]: word }], { [word]: word });
    }
  };
  for (const [key, inner] of Object.entries(base)) if (!NAMES.includes(key)) visit(key, inner);
  for (const path of optional) if (at(base, path) === undefined && !NAMES.includes(path)) visit(path, undefined);
  return probes;
}

function placed(values: Fields, path: string, value: unknown): Fields {
  const [key = "", ...rest] = path.split(".");
  return { ...values, [key]: rest.length === 0 ? value : placed(fields(values[key]), rest.join("."), value) };
}

/** What was found out of one place in an object. */
type Finding =
  /** `otherwise`: what stands there where the value is empty; `zero`: zero is nothing too. */
  | { readonly put: "value"; readonly path: string; readonly otherwise?: unknown; readonly zero?: boolean }
  /** The elements of a list, or the keys of a map, among others; `elements` are those of the value as it was. */
  | { readonly put: "each"; readonly path: string; readonly elements: readonly unknown[] }
  | { readonly put: "merge"; readonly path: string; readonly elements: readonly string[] }
  | { readonly put: "text"; readonly path: string; readonly from: number; readonly to: number; readonly lead: string }
  | { readonly put: "fallback"; readonly path: string; readonly text: string }
  | { readonly put: "if"; readonly when: string; readonly other: unknown };

/** An object of a chart: what it is like under our values, and what was found out of its places (by JSON of the path). */
interface Traced {
  readonly object: Fields;
  readonly when: string[];
  readonly findings: Map<string, Finding[]>;
}

/** The objects of a chart, with the values they are made of in their places. */
export type Facts = readonly Fields[];

/** Infers the objects of a chart from what single changes of values did to them. */
export function factsFrom(name: string, found: readonly Fields[], probed: readonly Probed[]): Facts {
  const traced: Traced[] = found.map((object) => ({ object, when: [], findings: new Map() }));
  const extra: Traced[] = [];
  for (const probe of probed) {
    const pairs = paired(found, probe.objects);
    for (const one of traced) {
      const other = pairs.same.get(one.object);
      if (other !== undefined) new Tracer(probe, one).compare(one.object, other, []);
      else if (isSwitch(probe)) one.when.push(condition(probe));
    }
    if (!isSwitch(probe)) continue;
    for (const object of pairs.added) {
      if (!extra.some((one) => keyOf(one.object) === keyOf(object)))
        extra.push({ object, when: [opposite(condition(probe))], findings: new Map() });
    }
  }
  return [...traced, ...extra].map((one) => {
    const body = fields(new Builder(name, one.findings).build(one.object, []));
    return one.when.length === 0 ? body : { when: one.when, ...body };
  });
}

const keyOf = (object: Fields): string => [object.kind, at(object, "metadata.namespace"), at(object, "metadata.name")].join(" ");

/** Which object is which after a change; one whose namespace changed is told by its name, one whose name changed by its kind. */
function paired(before: readonly Fields[], after: readonly Fields[]): { same: Map<Fields, Fields>; added: Fields[] } {
  const same = new Map<Fields, Fields>();
  for (const key of [keyOf, nameOf, ({ kind }: Fields) => String(kind)]) {
    const taken = [...same.values()];
    const rest = after.filter((one) => !taken.includes(one));
    for (const object of before.filter((one) => !same.has(one))) {
      const alike = rest.filter((one) => key(one) === key(object));
      const rivals = before.filter((one) => !same.has(one) && key(one) === key(object));
      const [only] = alike;
      if (only !== undefined && alike.length === 1 && rivals.length === 1) same.set(object, only);
    }
  }
  return { same, added: after.filter((one) => ![...same.values()].includes(one)) };
}

const nameOf = (object: Fields): string => [object.kind, at(object, "metadata.name")].join(" ");

function isSwitch({ before, after }: Probe): boolean {
  return typeof before === "boolean" || (typeof before === "number" && typeof after === "number" && before > 1 !== after > 1);
}

/** What is true of the value before the change, and not after it. */
function condition({ path, before }: Probe): string {
  if (typeof before === "boolean") return before ? path : `!${path}`;
  return Number(before) > 1 ? `${path}>1` : `!${path}>1`;
}

function opposite(when: string): string {
  return when.startsWith("!") ? when.slice(1) : `!${when}`;
}

class Tracer {
  constructor(
    private readonly probe: Probe,
    private readonly traced: Traced,
  ) {}

  compare(before: unknown, after: unknown, path: readonly string[]): void {
    const { probe } = this;
    if (isDeepStrictEqual(before, after)) {
      if (probe.after === "") this.fallBack(before, path);
      return;
    }
    // A switch that brings `true` along leaves nothing behind when it is off.
    const brought = typeof probe.before === "boolean" && before === undefined;
    if (after !== undefined && !brought && isDeepStrictEqual(after, probe.after)) this.add(path, this.whole(before));
    else if (this.isText(before, after, path)) return;
    else if (isFields(before) && isFields(after)) this.compareMaps(before, after, path);
    else if (Array.isArray(after) && (before === undefined || Array.isArray(before))) this.compareLists(before, after, path);
    else if (isSwitch(probe)) this.add(path, { put: "if", when: condition(probe), other: after });
  }

  /** What stands there as it did although the value was taken out is the chart's own for it. */
  private fallBack(value: unknown, path: readonly string[]): void {
    const was = String(this.probe.before);
    if (typeof value === "string" && value.includes(was)) this.add(path, { put: "fallback", path: this.probe.path, text: was });
    else if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value)) this.fallBack(inner, [...path, key]);
  }

  private whole(before: unknown): Finding {
    const { path, before: was } = this.probe;
    const same = isDeepStrictEqual(before, was) || before === String(was);
    const zero = before === undefined && was === 0;
    return { put: "value", path, ...(zero ? { zero } : {}), ...(before === undefined || same ? {} : { otherwise: before }) };
  }

  private isText(before: unknown, after: unknown, path: readonly string[]): boolean {
    if (typeof after !== "string" || isFields(this.probe.after) || Array.isArray(this.probe.after)) return false;
    const [was, is] = [String(this.probe.before ?? ""), String(this.probe.after)];
    if (typeof before !== "string") return false;
    if (is === "") {
      const start = before.indexOf(was);
      const [first, last] = [before.slice(0, start), before.slice(start + was.length)];
      if (start >= 0 && after.startsWith(first) && after.endsWith(last))
        this.add(path, { put: "fallback", path: this.probe.path, text: after.slice(first.length, after.length - last.length) });
      return true;
    }
    const from = after.indexOf(is);
    if (from < 0) return false;
    const [head, tail] = [after.slice(0, from), after.slice(from + is.length)];
    if (before === head + was + tail && (was !== "" || typeof this.probe.before === "string")) {
      this.add(path, { put: "text", path: this.probe.path, from, to: from + was.length, lead: "" });
      return true;
    }
    const lead = /[^\w{}]*$/.exec(head)?.[0] ?? "";
    if (was !== "" || before !== head.slice(0, head.length - lead.length) + tail) return false;
    const at = head.length - lead.length;
    this.add(path, { put: "text", path: this.probe.path, from: at, to: at, lead });
    return true;
  }

  private compareMaps(before: Fields, after: Fields, path: readonly string[]): void {
    const { mark, path: source } = this.probe;
    // A map of which the chart leaves out a key, such as a switch, goes there by its other keys alone.
    const whole = Object.keys(fields(this.probe.before)).every((key) => key in before);
    const merges = whole && isFields(this.probe.after) && typeof mark === "string" && mark in after && !(mark in before);
    if (merges) this.add(path, { put: "merge", path: source, elements: Object.keys(fields(this.probe.before)) });
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (!(merges && key === mark)) this.compare(before[key], after[key], [...path, key]);
    }
  }

  private compareLists(before: readonly unknown[] | undefined, after: readonly unknown[], path: readonly string[]): void {
    const { probe } = this;
    const put = (where: readonly string[], other: unknown) => {
      if (isSwitch(probe)) this.add(where, { put: "if", when: condition(probe), other });
    };
    if (Array.isArray(probe.after) && after.some((one) => isDeepStrictEqual(one, probe.mark)))
      this.add(path, { put: "each", path: probe.path, elements: list(probe.before) });
    else if (before === undefined) put(path, after);
    else if (before.length === after.length)
      for (const [index, one] of before.entries()) this.compare(one, after[index], [...path, String(index)]);
    else {
      const gone = before.filter((one) => !after.some((other) => isDeepStrictEqual(one, other)));
      const come = after.filter((one) => !before.some((other) => isDeepStrictEqual(one, other)));
      for (const one of gone) put([...path, String(before.indexOf(one))], undefined);
      for (const [index, one] of come.entries()) put([...path, String(before.length + index)], one);
    }
  }

  private add(path: readonly string[], finding: Finding): void {
    const key = JSON.stringify(path);
    this.traced.findings.set(key, [...(this.traced.findings.get(key) ?? []), finding]);
  }
}

/** Writes an object with the values in their places. */
class Builder {
  constructor(
    private readonly name: string,
    private readonly findings: ReadonlyMap<string, readonly Finding[]>,
  ) {}

  build(value: unknown, path: readonly string[]): unknown {
    const here = this.findings.get(JSON.stringify(path)) ?? [];
    const whole = here.find((one) => one.put === "value");
    const inner = whole === undefined ? this.inside(value, path, here) : this.whole(whole, here);
    const branch = here.find((one) => one.put === "if");
    if (branch === undefined) return inner;
    const [then, otherwise] = [inner, this.plain(branch.other)];
    return { $if: branch.when, ...(then === undefined ? {} : { then }), ...(otherwise === undefined ? {} : { else: otherwise }) };
  }

  private whole({ path, otherwise, zero }: Finding & { readonly put: "value" }, here: readonly Finding[]): Fields {
    const fallback = otherwise ?? (this.fallback(path, here) || undefined);
    return { $value: path, ...(zero === true ? { zero: false } : {}), ...(fallback === undefined ? {} : { else: this.plain(fallback) }) };
  }

  /** What stands in the place of a text that is not given. */
  private fallback(path: string, here: readonly Finding[]): string {
    const found = here.find((one) => one.put === "fallback" && one.path === path);
    return found?.put === "fallback" ? found.text : "";
  }

  private inside(value: unknown, path: readonly string[], here: readonly Finding[]): unknown {
    if (typeof value === "string") return this.text(value, here);
    const each = here.find((one) => one.put === "each");
    const merge = here.filter((one) => one.put === "merge");
    if (Array.isArray(value) || each !== undefined) {
      const own = list(value).map((one, index) => [one, this.build(one, [...path, String(index)])] as const);
      const kept = own.filter(([one]) => !list(each?.elements).some((other) => isDeepStrictEqual(one, other)));
      return [
        ...kept.map(([, built]) => built),
        ...this.added(path, list(value).length),
        ...(each === undefined ? [] : [{ $each: each.path }]),
      ];
    }
    if (!isFields(value)) return value;
    const from = new Set(merge.flatMap((one) => one.elements));
    const keys = new Set([...Object.keys(value), ...this.keysBelow(path)]);
    const built = [...keys].filter((key) => !from.has(key)).map((key) => [key, this.build(value[key], [...path, key])] as const);
    const merged = merge.map((one) => one.path);
    return { ...(merged.length === 0 ? {} : { $merge: merged }), ...Object.fromEntries(built.filter(([, one]) => one !== undefined)) };
  }

  /** Elements that a switch adds to a list. */
  private added(path: readonly string[], length: number): unknown[] {
    return this.keysBelow(path)
      .filter((key) => Number(key) >= length)
      .map((key) => this.build(undefined, [...path, key]));
  }

  private keysBelow(path: readonly string[]): string[] {
    const keys = [...this.findings.keys()].map((key) => JSON.parse(key) as string[]);
    const below = keys.filter((key) => key.length > path.length && path.every((step, index) => key[index] === step));
    return [...new Set(below.map((key) => key[path.length] ?? ""))];
  }

  private text(value: string, here: readonly Finding[]): string {
    let [result, end] = ["", 0];
    const parts = here.filter((one) => one.put === "text").sort((a, b) => (a.from === b.from ? b.to - a.to : a.from - b.from));
    for (const part of parts) {
      if (part.from < end) continue;
      const otherwise = this.fallback(part.path, here);
      result += `${this.literal(value.slice(end, part.from))}{${part.lead}${part.path}${otherwise && `|${otherwise}`}}`;
      end = part.to;
    }
    return result + this.literal(value.slice(end));
  }

  private literal(value: string): string {
    return value.replaceAll(`rls0-${this.name}`, "{fullname}").replaceAll("rls0", "{release}").replaceAll("nsp0", "{namespace}");
  }

  private plain(value: unknown): unknown {
    if (typeof value === "string") return this.literal(value);
    if (Array.isArray(value)) return value.map((one) => this.plain(one));
    return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.plain(one)])) : value;
  }
}
