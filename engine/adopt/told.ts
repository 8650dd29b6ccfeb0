import { nearest, type Finding as Problem } from "../../model/problems";
import type { ChangedResource } from "../events";
import { GENERATED } from "./generated";
import type { Note } from "./notes";

/** A generated value that is known. */
export type Value = Extract<Note, { kind: "value" }>;

/** Where a value is from that an older state has told: it may have been exchanged since. */
export const OLDER = "the older state";

/** Values by what they are of: of what has others by now, or was told otherwise, those of an older state count no more. Pure. */
export function withNewer(known: readonly Value[], newer: readonly Value[]): Value[] {
  const newly = new Set(newer.map(({ urn }) => urn));
  return [...known.filter(({ urn, from }) => from !== OLDER || !newly.has(urn)), ...newer];
}

/** Values that were learned just now, each once. Pure. */
export function notKnownYet(known: readonly Value[], notes: readonly Note[]): Value[] {
  const key = ({ urn, output }: Value) => `${urn} ${output}`;
  const values = new Map(known.map((one) => [key(one), one]));
  return notes.flatMap((note) => {
    if (note.kind !== "value" || note.from === OLDER) return [];
    const before = values.get(key(note));
    if (before !== undefined && (before.from !== OLDER || before.value === note.value)) return [];
    values.set(key(note), note);
    return [note];
  });
}

/**
 * What is wrong with ids by the names that they are told for. Pure.
 * @param all every resource of the environment: those of layers that stand too, whose ids are not needed
 * @param hasId whether a resource is one that can be asked for by an id
 */
export function wrongNames(
  ids: Readonly<Record<string, string>>,
  all: readonly Pick<ChangedResource, "urn" | "type" | "name">[],
  hasId: (type: string) => boolean,
): Problem[] {
  const asked = all.filter(({ type }) => hasId(type));
  const told = new Map<string, string>();
  return Object.entries(ids).flatMap(([name, id]) => {
    const problem = (reason: string, remedy: string): Problem[] => [{ path: `--ids.${name}`, reason, remedy }];
    const isCalled = (one: Pick<ChangedResource, "urn" | "name">) => one.urn === name || one.name === name;
    const [first, ...others] = asked.filter((one) => isCalled(one) && GENERATED[one.type] === undefined);
    if (first === undefined) {
      const near = nearest(
        name,
        asked.map((one) => one.name),
      );
      if (asked.some(isCalled)) return problem("is generated: nobody but the state knows it by an id", "take the line out");
      if (all.some(isCalled)) return problem("has no id: it only holds others together", "take the line out");
      return problem("nothing in the file makes anything of this name", near ? `write ${near}?` : "write the names as the table has them");
    }
    if (others.length > 0)
      return problem(`${others.length + 1} resources have this name`, `write the URN of the one that is meant, as ${first.urn}`);
    const key = `${first.type} ${id}`;
    const same = told.get(key);
    told.set(key, name);
    return same === undefined ? [] : problem(`has the same id as ${same}`, "tell each its own");
  });
}
