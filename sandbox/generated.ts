import type { CheckFailure, Properties, Provider } from "../plugin/rpc/provider";
import { UNKNOWN } from "../plugin/rpc/provider";
import { differences, hasUnknown, isIgnored, isMap, replacing, revealAll } from "./values";

/** A type whose objects exist in Pulumi's state only: made once from its inputs, replaced when these change. */
export interface GeneratedType {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Values the real provider fills in where the program gives none. */
  readonly defaults: Properties;
  /** What the type computes; unknown in a preview. */
  readonly outputs: readonly string[];
  /** Inputs that can change without a replacement. */
  readonly updatable?: readonly string[];
  /** Allowed values of inputs. */
  readonly oneOf?: Readonly<Record<string, readonly string[]>>;
  /** What else can be wrong. Called with known inputs, defaults filled in. */
  validate?(inputs: Properties): readonly CheckFailure[];
  /** Makes the object: its id and its computed outputs, secret where the real provider marks them so. */
  generate(inputs: Properties): Promise<{ readonly id: string; readonly outputs: Properties }>;
  /** What is due at a later run, e.g. a certificate's renewal: true replaces the object. */
  isDue?(state: Properties): boolean;
  /** The recorded output named in the replacement's difference when {@link isDue}. */
  readonly due?: string;
}

/** A provider of generated objects. Its read gives back what it is given. */
export function generatedProvider(name: string, version: string, types: Readonly<Record<string, GeneratedType>>): Provider {
  const typeOf = (token: string): GeneratedType => {
    const type = types[token];
    if (type === undefined)
      throw new Error(`the sandbox's ${name} provider has no resource type ${token}; it has ${Object.keys(types).join(", ")}`);
    return type;
  };
  return {
    name,
    version,

    async check({ type: token, news }) {
      const type = typeOf(token);
      const failures = [...checkShape(type, news)];
      const inputs = { ...type.defaults, ...news };
      if (failures.length === 0 && !hasUnknown(inputs)) failures.push(...(type.validate?.(revealAll(inputs)) ?? []));
      return { inputs, failures };
    },

    async diff({ type: token, oldInputs, olds, news, ignoreChanges }) {
      const type = typeOf(token);
      const [before, after] = [revealAll(oldInputs), revealAll(news)];
      const changes = Object.keys({ ...before, ...after })
        .filter((key) => !isIgnored(key, ignoreChanges))
        .flatMap((key) => {
          const kept = type.updatable?.includes(key) === true;
          return Object.entries(differences(key, before[key], after[key])).map(
            ([path, kind]) => [path, kept ? kind : replacing(kind)] as const,
          );
        });
      if (type.due !== undefined && type.isDue?.({ ...revealAll(olds), ...after }) === true) changes.push([type.due, "update-replace"]);
      return { changes: Object.fromEntries(changes) };
    },

    async create({ type: token, inputs, preview }) {
      const type = typeOf(token);
      if (preview) return { id: "", properties: { ...inputs, ...Object.fromEntries(type.outputs.map((key) => [key, UNKNOWN])) } };
      const { id, outputs } = await type.generate(revealAll(inputs));
      return { id, properties: { ...inputs, ...outputs } };
    },

    async update({ type: token, olds, news }) {
      const outputs = typeOf(token).outputs.filter((key) => key in olds);
      return { properties: { ...news, ...Object.fromEntries(outputs.map((key) => [key, olds[key]])) } };
    },

    async read({ id, inputs, properties }) {
      if (Object.keys(properties).length === 0)
        throw new Error(`the sandbox's ${name} provider cannot import: nothing is kept outside Pulumi's state`);
      return { id, inputs, properties };
    },

    async delete() {
      // The object was never anywhere else than in Pulumi's state.
    },
  };
}

function* checkShape(type: GeneratedType, news: Properties): Generator<CheckFailure> {
  const known = [...type.required, ...type.optional];
  for (const key of Object.keys(news)) {
    if (!known.includes(key) && !key.startsWith("__"))
      yield { property: key, reason: `An argument named "${key}" is not expected here; known are ${known.join(", ")}` };
  }
  for (const key of type.required) {
    if (news[key] === undefined || news[key] === null)
      yield { property: key, reason: `Missing required argument: "${key}" is required, but no definition was found` };
  }
  for (const [key, allowed] of Object.entries(type.oneOf ?? {})) {
    for (const value of [news[key]].flat()) {
      if (typeof value === "string" && !hasUnknown(value) && !allowed.includes(value)) {
        yield { property: key, reason: `expected ${key} to be one of ${allowed.join(", ")}, got ${value}` };
      }
    }
  }
  if (news.keepers !== undefined && news.keepers !== UNKNOWN && !isMap(news.keepers))
    yield { property: "keepers", reason: "must be a map" };
}
