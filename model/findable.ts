/** A resource's inputs or a lookup's answer, secrets revealed. */
export type Values = Readonly<Record<string, unknown>>;

/** A question to the cloud, made from the inputs and from the answer to the question before. */
export type Question =
  | { readonly token: string; readonly args: (inputs: Values, before: Values) => Values }
  /** An object of which the id is known already; an empty id ends the way without a result. */
  | { readonly read: string; readonly id: (inputs: Values, before: Values) => string; readonly outputs: readonly string[] };

/** One way to find an object: questions one after the other, the last of which is answered by the object or names it. */
export interface Way {
  readonly ask: readonly Question[];
  /** The object's id; empty where what was found is another one. */
  readonly id: (found: Values, inputs: Values) => string;
  /** True: what is found this way is not as it must be, and can be told from a whole one by this only. It goes, and another is made. */
  readonly unfinished?: boolean;
}

/**
 * How one finds out whether the creation of a resource that was broken off has made it:
 *
 * - `nowhere`: it exists in Pulumi's state only, so there is nothing to find;
 * - `id`: its id follows from its inputs, and reading that id tells; an empty one: making it again does no harm;
 * - `lookup`: the cloud is asked by what is unique to it, in one or more ways of which the first that finds it counts;
 * - `refusal`: the cloud cannot be asked, but refuses to make it twice, and may name the one that is there: the first group of `words` is its id
 *   then, and `of` the input that holds the id of what it is in, and is refused twice in;
 * - `person`: the cloud cannot be asked at all; a person has to look.
 *
 * `standing` is how one is found that is known to have been made whole, where the state that knew its id, and a name that its provider had given
 * it, is lost.
 */
export type Findable =
  | { readonly how: "nowhere" }
  | { readonly how: "id"; readonly id: (inputs: Values) => string; readonly standing?: Findable }
  | { readonly how: "lookup"; readonly ways: readonly Way[]; readonly standing?: Findable }
  | { readonly how: "refusal"; readonly words: RegExp; readonly look: string; readonly of?: string }
  | { readonly how: "person"; readonly look: string };

/** A text; empty for anything else. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** An object at a key, or the first of a list of them; empty where there is none. */
export function memberOf(values: Values, key: string): Values {
  const value = values[key];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "object" && first !== null ? { ...first } : {};
}
