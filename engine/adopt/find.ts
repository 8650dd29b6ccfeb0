import { isDeepStrictEqual } from "node:util";
import { fields } from "../../model/data";
import { type Findable, type Question, textOf, type Values } from "../../model/findable";
import { ANSIBLE_PLAYBOOK } from "../../model/type-tokens";
import { nameOf } from "../events";
import { answer } from "../state/answer";
import { cloudOfResource } from "../state/clouds";
import { findable, SEVERAL } from "../state/findable";
import type { Outcome } from "./notes";

/** A resource whose record was lost, with what it would be made of; secrets revealed. */
export interface Wanted {
  readonly urn: string;
  readonly type: string;
  readonly inputs: Values;
}

/** Asks the provider. */
export interface Asking {
  invoke(token: string, args: Values): Promise<Values>;
  /** What is there by an id; undefined where nothing is. */
  read(type: string, id: string): Promise<Values | undefined>;
}

/** Where a resource is, or why that cannot be told. */
export type Place =
  | { readonly id: string }
  | { readonly outcome: Exclude<Outcome, "found" | "known">; readonly reason: string; readonly id?: string };

/** How a resource is found of which nothing is recorded, but that it was made. */
export function standing({ type, urn }: Pick<Wanted, "type" | "urn">): Findable {
  const way = findable({ type, urn });
  return (way.how === "id" || way.how === "lookup") && way.standing !== undefined ? way.standing : way;
}

/** Finds where a resource is. */
export async function place(wanted: Wanted, asking: Asking): Promise<Place> {
  const { type, urn, inputs } = wanted;
  // Recorded without the digest of what it ran, it is run again.
  if (type === ANSIBLE_PLAYBOOK) return { outcome: "left", id: nameOf(urn), reason: "nobody can tell what it did: it is run again" };
  const way = standing(wanted);
  switch (way.how) {
    case "id": {
      const id = way.id(inputs);
      return id === "" ? { outcome: "unasked", reason: "its id does not follow from the file, and it cannot be looked up" } : { id };
    }
    case "lookup": {
      const put = async (question: Question, before: Values): Promise<Values | undefined> => {
        if ("token" in question) {
          const args = Object.entries(question.args(inputs, before)).filter(([, value]) => value !== undefined);
          return await asking.invoke(question.token, Object.fromEntries(args));
        }
        const id = question.id(inputs, before);
        return id === "" ? undefined : await asking.read(question.read, id);
      };
      const { id, trouble } = await answer({ resource: { urn, type }, inputs, ways: way.ways }, put);
      if (trouble !== undefined) return { outcome: SEVERAL.test(trouble) ? "several" : "unasked", reason: trouble };
      return id === undefined ? { outcome: "missing", reason: "the cloud knows none of its name, marks and place" } : { id };
    }
    case "refusal":
      // Where a refusal names the one that is there, the next `up` takes that one up.
      if (way.of !== undefined) return { outcome: "left", reason: "the next `up` takes it up" };
      return { outcome: "unasked", reason: `look for it: ${way.look}` };
    case "person":
      return { outcome: "unasked", reason: `look for it: ${way.look}` };
    case "nowhere":
      return { outcome: "unasked", reason: "it exists in the state only" };
  }
}

/** Whether what is read has to be told what was asked for first. */
export function isToldInputs(wanted: Pick<Wanted, "type" | "urn">): boolean {
  const way = findable(wanted);
  return cloudOfResource(wanted)?.state?.readsBack === false || (way.how === "id" && way.standing !== undefined);
}

const MARK = "kpaas-environment";

/** The environment that something bears the marks of. */
function environmentOf({ metadata, tags, labels }: Values): unknown {
  const listed = Array.isArray(tags) ? tags.map((tag) => String(tag).split("=")).filter(([name]) => name === MARK) : [];
  return listed[0]?.[1] ?? fields(tags)[MARK] ?? fields(labels)[MARK] ?? fields(metadata)[MARK];
}

/** By what people call things: what is called otherwise is another one. */
const NAMES = ["name", "clientId", "username"] as const;

/** The name of what is there, where it is another than it should be. */
export function otherName(wanted: Values, there: Values): string | undefined {
  for (const each of NAMES) {
    const [own, its] = [textOf(wanted[each]), textOf(there[each])];
    if (own !== "" && its !== "" && own !== its) return its;
  }
  return undefined;
}

/** Whether what is there bears the marks of another environment than it should. */
export function isForeign(wanted: Values, there: Values): boolean {
  const [own, its] = [environmentOf(wanted), environmentOf(there)];
  return own !== undefined && its !== undefined && !isDeepStrictEqual(own, its);
}
