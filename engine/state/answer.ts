import type { Question, Values, Way } from "../../model/findable";
import { NOT_FOUND } from "./findable";
import type { StateResource } from "./state";

/** What a cloud is to be asked about. */
export interface Lookup {
  readonly resource: StateResource;
  readonly inputs: Values;
  readonly ways: readonly Way[];
}

/** What a cloud answered. */
export interface Answer {
  readonly resource: StateResource;
  /** Undefined: there is none. */
  readonly id?: string;
  /** True: what is there was not finished. */
  readonly unfinished?: boolean;
  /** Why it could not be told. */
  readonly trouble?: string;
}

/** Goes the ways of one lookup, by a function that puts a question. */
export async function answer(
  { resource, inputs, ways }: Lookup,
  put: (question: Question, before: Values) => Promise<Values | undefined>,
): Promise<Answer> {
  for (const { ask, id, unfinished = false } of ways) {
    try {
      let found: Values | undefined = {};
      for (const question of ask) if (found !== undefined) found = await put(question, found);
      const known = found === undefined ? "" : id(found, inputs);
      if (known !== "") return { resource, id: known, unfinished };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!NOT_FOUND.test(reason)) return { resource, trouble: reason };
    }
  }
  return { resource };
}
