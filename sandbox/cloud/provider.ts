import { createHash } from "node:crypto";
import { type CheckFailure, type DiffKind, PartialFailure, type Properties, type Provider, UNKNOWN } from "../../plugin/rpc/provider";
import type { Stored } from "../store";
import { differences, hasUnknown, isIgnored, replacing, revealAll, text } from "../values";
import { ApiError, Cloud, type SimulatedCloud } from "./cloud";
import { checkFields } from "./fields";
import { currentInputs, importedInputs, isImport, kept, previewed, readable, stateOf, without } from "./state";
import { type AnyType, type ResourceType, referenced } from "./type";

/** The provider of a simulated cloud: what exists is in `<worldDir>/world.json`, what was created in a folder of the cloud's name. */
export function createCloudProvider<List extends string, Quota extends string>(
  simulated: SimulatedCloud<List, Quota>,
  worldDir: string,
): Provider {
  const cloud = new Cloud(simulated, worldDir);
  let region: string | undefined;
  const typeOf = (token: string) => known(simulated.types, token, "resource type", simulated.name);

  return {
    name: simulated.name,
    version: simulated.version,

    async configure(args) {
      region = text(args, "region") || undefined;
    },

    async check({ type: token, name, olds, news, randomSeed }) {
      const type = typeOf(token);
      const failures = [...checkFields(type.fields, own(news)), ...checkValues(type, news)];
      const takesName = type.fields.some((field) => field.name === "name");
      const named = takesName && news.name === undefined ? { name: olds.name ?? autoname(name, randomSeed) } : {};
      const inputs = { ...type.defaults, ...own(news), ...named };
      if (failures.length === 0) failures.push(...(type.check?.(revealAll(inputs)) ?? []));
      return { inputs, failures };
    },

    async diff({ type: token, oldInputs, news, ignoreChanges }) {
      const type = typeOf(token);
      const after = comparable(type, news);
      const before = { ...comparable(type, oldInputs), ...passed(type, revealAll(oldInputs), after) };
      const changes: Record<string, DiffKind> = {};
      const forced = type.replacedBy?.(before, after) ?? [];
      for (const { name, chosen, replaces } of type.fields) {
        for (const [path, kind] of Object.entries(differences(name, before[name], after[name]))) {
          if ((chosen && path === name && kind === "delete") || isIgnored(path, ignoreChanges)) continue;
          changes[path] = replaces || forced.includes(name) ? replacing(kind) : kind;
        }
      }
      return { changes };
    },

    async create({ type: token, inputs, preview }) {
      const type = typeOf(token);
      if (preview) return { id: "", properties: previewed(type, inputs, {}) };
      const at = region ?? cloud.region;
      const asked = { ...(at === undefined ? {} : { region: at }), ...simulated.given, ...revealAll(inputs) };
      return failing("creating", token, async () => {
        const object = cloud.store.transaction(() => {
          simulated.refuse?.(type.kind, asked);
          checkReferences(type, cloud, asked);
          const made = type.create(cloud, asked);
          cloud.store.put(type.kind, kept(type, made));
          return made;
        });
        // The provider takes what it was asked for as there; what became of it, its next reading tells.
        const failure = type.failure?.(object);
        if (failure !== undefined)
          throw new PartialFailure(failure, object.id, stateOf(type, inputs, { ...inputs, id: object.id }), inputs);
        return { id: object.id, properties: stateOf(type, inputs, object) };
      });
    },

    async update({ type: token, id, olds, news, preview }) {
      const type = typeOf(token);
      if (preview) return { properties: previewed(type, news, olds) };
      const asked = revealAll(news);
      return failing("updating", token, async () => {
        const merged = cloud.store.transaction(() => {
          simulated.refuse?.(type.kind, asked);
          checkReferences(type, cloud, asked);
          const object = cloud.lasting(type, id);
          if (object === undefined) throw simulated.words.missing(type.kind, id);
          const left = { ...without(object, type, news), id };
          const changed = type.update?.(cloud, left, asked) ?? { ...left, ...asked, id };
          cloud.store.put(type.kind, kept(type, changed));
          return changed;
        });
        return { properties: stateOf(type, news, merged, olds) };
      });
    },

    async read({ type: token, id, inputs, properties }) {
      const type = typeOf(token);
      const importing = isImport(properties);
      const there = importing && cloud.has(type.kind, id) ? cloud.find(type.kind, id) : cloud.lasting(type, id);
      const object = importing && type.within !== undefined ? within(type.within, type.kind, id) : there;
      if (object === undefined) return { id: "", inputs: {}, properties: {} };
      const known = importing ? readable(type, object) : object;
      const current = importing ? importedInputs(type, known) : currentInputs(type, object, inputs);
      return { id: object.id, inputs: current, properties: stateOf(type, current, known, properties) };
    },

    async delete({ type: token, id }) {
      const type = typeOf(token);
      await failing("deleting", token, async () => {
        if (type.waits !== undefined) refuseHeld(id, type);
        cloud.store.transaction(() => {
          const object = cloud.lasting(type, id);
          if (object === undefined) {
            // Most real providers are content as well.
            if (type.gone !== undefined) throw new Error(type.gone(id));
            return;
          }
          type.remove?.(cloud, object);
          cloud.store.delete(type.kind, id);
        });
      });
    },

    async invoke({ token, args }) {
      return { properties: await known(simulated.invokes, token, "function", simulated.name)(cloud, args) };
    },
  };

  /** What an import means by `PARENT/ID`. */
  function within({ input, refusal }: NonNullable<AnyType["within"]>, kind: string, path: string): Stored | undefined {
    const [parent, id, ...more] = path.split("/");
    if (id === undefined || more.length > 0) throw new Error(`importing ${path}: ${refusal}`);
    const object = cloud.store.get(kind, id);
    return object?.[input] === parent ? object : undefined;
  }

  /** The provider tries again for as long as it may, which nobody waits for here; what it says then does not tell why. */
  function refuseHeld(id: string, type: ResourceType<Cloud<List, Quota>>): void {
    const object = cloud.store.get(type.kind, id);
    if (object === undefined) return;
    try {
      cloud.store.transaction(() => {
        type.remove?.(cloud, object);
        throw new Undone();
      });
    } catch (error) {
      if (error instanceof Undone) return;
      if (!(error instanceof ApiError && error.code === type.waits)) throw error;
      throw new Error(simulated.words.held(type.kind, id, error));
    }
  }
}

function known<T>(table: Readonly<Record<string, T>>, token: string, what: string, name: string): T {
  const found = table[token];
  if (found === undefined) throw new Error(`the simulated ${name} has no ${what} ${token}; it has ${Object.keys(table).join(", ")}`);
  return found;
}

/** The inputs without what the engine adds for itself. */
function own(news: Properties): Properties {
  return Object.fromEntries(Object.entries(news).filter(([key]) => !key.startsWith("__")));
}

function* checkValues(type: AnyType, news: Properties): Generator<CheckFailure> {
  for (const [key, allowed] of Object.entries(type.oneOf ?? {})) {
    for (const value of [news[key]].flat()) {
      if (typeof value === "string" && value !== UNKNOWN && !allowed.includes(value)) {
        yield { property: key, reason: `expected ${key} to be one of [${allowed.join(" ")}], got ${value}` };
      }
    }
  }
}

/** `NAME-` and seven hexadecimal digits, the same at every check of the resource. */
function autoname(name: string, seed: Buffer): string {
  return `${name}-${createHash("sha256").update(seed).digest("hex").slice(0, 7)}`;
}

function comparable(type: AnyType, inputs: Properties): Properties {
  const known = revealAll(inputs);
  const sorted = (type.sets ?? []).flatMap((key) => (Array.isArray(known[key]) ? [[key, [...known[key]].sort(byText)] as const] : []));
  return { ...type.defaults, ...known, ...Object.fromEntries(sorted) };
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The wanted values in place of those that nobody can ask for. */
function passed(type: AnyType, olds: Properties, news: Properties): Properties {
  const names = Object.keys(type.passing ?? {}).filter((key) => type.passing?.[key]?.includes(String(olds[key])));
  return Object.fromEntries(names.map((key) => [key, news[key]]));
}

/** Ends a transaction that was only to be tried. */
class Undone extends Error {}

function checkReferences(type: AnyType, cloud: { find(kind: string, id: string): unknown }, inputs: Properties): void {
  if (hasUnknown(inputs)) throw new Error("an input is not known; this call must not come before everything it refers to is there");
  for (const [path, kind] of Object.entries(type.references)) {
    for (const id of referenced(inputs, path)) cloud.find(kind, id);
  }
}

/** Names the resource type in what the cloud refused, as the real provider does. */
async function failing<T>(doing: string, token: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new Error(`Error ${doing} ${token}: ${error.message}`);
  }
}
