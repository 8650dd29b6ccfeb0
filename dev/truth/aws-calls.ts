import { type Call, ID, OWN, type Params, ROWS, type Told } from "./aws-rows";
import type { Made } from "./samples";

/** How the provider makes, finds and deletes a resource. */
export interface Life {
  readonly name: string;
  readonly make: readonly Call[];
  /** Where answers to the first call say what others name: JMESPath by the text that stands for it in their inputs. */
  readonly told: Readonly<Record<string, string>>;
  /** Lists it among others: `at` is JMESPath to them, `id` the member that has its id. */
  readonly read: Call & { readonly at: string; readonly id?: string };
  readonly remove: readonly Call[];
  /** Inputs that no call has, and none of `OWN` either. */
  readonly untold: readonly string[];
}

/** A value with the text that stands for the resource's id in place of `ID`. */
function named(value: unknown, name: string): unknown {
  if (value === ID) return `${name}-id`;
  if (Array.isArray(value)) return value.map((each) => named(each, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, named(each, name)]));
}

/** The calls of a resource's life; undefined where aws-rows.ts does not say how its type is made. */
export function lifeOf({ type, name, inputs }: Made): Life | undefined {
  const row = ROWS[type];
  if (row === undefined) return undefined;
  const { service } = row;
  const call = ([operation, params]: Told): Call => ({ service, operation, params: named(params, name) as Params });
  let params: Params = row.always?.(inputs, name) ?? {};
  const later: Told[] = [];
  const untold: string[] = [];
  for (const [input, value] of Object.entries(inputs)) {
    const member = row.members[input];
    const afterwards = row.later?.[input];
    if (typeof member === "string") params = { ...params, [member]: value };
    else if (member !== undefined) params = { ...params, ...member(value as never, inputs) };
    else if (afterwards !== undefined) later.push(...[afterwards(value as never, inputs)].filter((each) => each !== undefined));
    else if (!OWN[type]?.includes(input)) untold.push(input);
  }
  const [operation, at, id, filter] = row.read;
  const told = Object.entries({ "-id": row.id, ...row.others }).map(([end, path]) => [`${name}${end}`, path] as const);
  return {
    name,
    make: [[row.make, params] as const, ...later, ...(row.afterwards?.(inputs) ?? [])].map(call),
    told: Object.fromEntries(told),
    read: { ...call([operation, filter?.(inputs) ?? {}]), at, ...(id === undefined ? {} : { id }) },
    remove: row.remove(inputs).map(call),
    untold,
  };
}
