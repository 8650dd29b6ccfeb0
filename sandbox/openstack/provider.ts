import { createHash } from "node:crypto";
import {
  type CheckFailure,
  type DiffKind,
  PartialFailure,
  type Properties,
  type Provider,
  secret,
  UNKNOWN,
} from "../../plugin/rpc/provider";
import type { Stored } from "../store";
import { differences, hasUnknown, isIgnored, isMap, replacing, revealAll, text } from "../values";
import { BLOCKSTORAGE } from "./blockstorage";
import { ApiError, Cloud } from "./cloud";
import { COMPUTE } from "./compute";
import { checkFields } from "./fields";
import { invoke } from "./invokes";
import { refuseBeyondLimits } from "./limits";
import { LOADBALANCER } from "./loadbalancer";
import { NETWORKING } from "./networking";
import { SECURITY } from "./security";
import { type ResourceType, referenced } from "./type";

const TYPES: Readonly<Record<string, ResourceType>> = { ...NETWORKING, ...SECURITY, ...COMPUTE, ...BLOCKSTORAGE, ...LOADBALANCER };

/** The simulated OpenStack: what exists is in `<worldDir>/world.json`, what was created in `<worldDir>/openstack/`. */
export function createOpenStackProvider(worldDir: string): Provider {
  const cloud = new Cloud(worldDir);
  let region: string | undefined;

  return {
    name: "openstack",
    version: "3.15.2",

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
      for (const { name, chosen, replaces } of type.fields) {
        for (const [path, kind] of Object.entries(differences(name, before[name], after[name]))) {
          if ((chosen && path === name && kind === "delete") || isIgnored(path, ignoreChanges)) continue;
          changes[path] = replaces ? replacing(kind) : kind;
        }
      }
      return { changes };
    },

    async create({ type: token, inputs, preview }) {
      const type = typeOf(token);
      if (preview) return { id: "", properties: previewed(type, inputs, {}) };
      const known = { region: region ?? cloud.region, ...revealAll(inputs) };
      return failing("creating", token, async () => {
        const object = cloud.store.transaction(() => {
          refuseBeyondLimits(type.kind, known);
          checkReferences(type, cloud, known);
          const made = type.create(cloud, known);
          cloud.store.put(type.kind, kept(type, made));
          return made;
        });
        // The provider takes what it was asked for as there; what became of it, its next reading tells.
        if (object.powerState === "error") {
          const reason = `Error waiting for instance (${object.id}) to become ready: unexpected state 'ERROR', wanted target 'ACTIVE'. last error: %!s(<nil>)`;
          throw new PartialFailure(reason, object.id, stateOf(type, inputs, { ...inputs, id: object.id }), inputs);
        }
        return { id: object.id, properties: stateOf(type, inputs, object) };
      });
    },

    async update({ type: token, id, olds, news, preview }) {
      const type = typeOf(token);
      if (preview) return { properties: previewed(type, news, olds) };
      const known = revealAll(news);
      return failing("updating", token, async () => {
        const merged = cloud.store.transaction(() => {
          refuseBeyondLimits(type.kind, known);
          checkReferences(type, cloud, known);
          const object = cloud.store.get(type.kind, id);
          if (object === undefined) throw new ApiError(404, `${type.kind} ${id} could not be found.`);
          const changed = type.update?.(cloud, object, known) ?? { ...without(object, type, news), ...known, id };
          cloud.store.put(type.kind, kept(type, changed));
          return changed;
        });
        return { properties: stateOf(type, news, merged, olds) };
      });
    },

    async read({ type: token, id, inputs, properties }) {
      const type = typeOf(token);
      const object = cloud.store.get(type.kind, id);
      if (object === undefined) return { id: "", inputs: {}, properties: {} };
      const current = currentInputs(type, object, inputs, properties);
      return { id, inputs: current, properties: stateOf(type, current, object, properties) };
    },

    async delete({ type: token, id }) {
      const type = typeOf(token);
      await failing("deleting", token, async () => {
        if (type.waits === true) refuseHeld(type, cloud, id);
        cloud.store.transaction(() => {
          const object = cloud.store.get(type.kind, id);
          if (object === undefined) return; // gone already: the real provider is content as well
          type.remove?.(cloud, object);
          cloud.store.delete(type.kind, id);
        });
      });
    },

    async invoke({ token, args }) {
      return { properties: invoke(cloud, token, args) };
    },
  };
}

function typeOf(token: string): ResourceType {
  const type = TYPES[token];
  if (type === undefined) throw new Error(`the simulated OpenStack has no resource type ${token}; it has ${Object.keys(TYPES).join(", ")}`);
  return type;
}

/** The inputs without what the engine adds for itself. */
function own(news: Properties): Properties {
  return Object.fromEntries(Object.entries(news).filter(([key]) => !key.startsWith("__")));
}

function* checkValues(type: ResourceType, news: Properties): Generator<CheckFailure> {
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

function comparable(type: ResourceType, inputs: Properties): Properties {
  const known = revealAll(inputs);
  const sorted = (type.sets ?? []).flatMap((key) => (Array.isArray(known[key]) ? [[key, [...known[key]].sort(byText)] as const] : []));
  return { ...known, ...Object.fromEntries(sorted) };
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The wanted values in place of those that nobody can ask for. */
function passed(type: ResourceType, olds: Properties, news: Properties): Properties {
  const names = Object.keys(type.passing ?? {}).filter((key) => type.passing?.[key]?.includes(String(olds[key])));
  return Object.fromEntries(names.map((key) => [key, news[key]]));
}

/** The provider tries again for as long as it may, which nobody waits for here; what it says then does not tell why. */
function refuseHeld(type: ResourceType, cloud: Cloud, id: string): void {
  const object = cloud.store.get(type.kind, id);
  if (object === undefined) return;
  try {
    cloud.store.transaction(() => {
      type.remove?.(cloud, object);
      throw new Undone();
    });
  } catch (error) {
    if (error instanceof Undone) return;
    if (!(error instanceof ApiError && error.code === 409)) throw error;
    throw new Error(`Error waiting for ${type.kind} ${id} to become deleted: context deadline exceeded (${error.message})`);
  }
}

/** Ends a transaction that was only to be tried. */
class Undone extends Error {}

/** The outputs a preview can know: the inputs, and in an update what was computed before. */
function previewed(type: ResourceType, inputs: Properties, olds: Properties): Properties {
  const chosen = type.fields.filter((field) => field.chosen && inputs[field.name] === undefined).map((field) => field.name);
  const computed = [...type.outputs, ...chosen].map((key) => [key, olds[key] ?? UNKNOWN]);
  return { ...Object.fromEntries(computed), ...inputs };
}

/** What the file holds: no secrets, and hashes instead of long texts. */
function kept(type: ResourceType, object: Stored): Stored {
  const hidden = Object.entries(object).filter(([key]) => !type.secrets?.includes(key));
  return { ...Object.fromEntries(hidden.map(([key, value]) => [key, type.hashed?.includes(key) ? hashOf(value) : value])), id: object.id };
}

function hashOf(value: unknown): unknown {
  const isHash = typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value);
  return typeof value !== "string" || isHash ? value : `sha256:${createHash("sha256").update(value).digest("hex")}`;
}

/** Pulumi's state of an object. What the file leaves out comes from the inputs or the old state. */
function stateOf(type: ResourceType, inputs: Properties, object: Stored, olds: Properties = {}): Properties {
  const names = [...type.fields.map((field) => field.name), ...type.outputs];
  const state: Record<string, unknown> = {};
  for (const name of names) {
    const value = (type.hashed?.includes(name) ? inputs[name] : undefined) ?? object[name] ?? inputs[name] ?? olds[name];
    if (value === undefined) continue;
    state[name] = type.secrets?.includes(name) && typeof value === "string" ? secret(value) : value;
  }
  return state;
}

/**
 * The inputs as the object has them now. Without a known state (import) every input that the provider can read is taken; what it cannot read
 * is as it was recorded.
 */
function currentInputs(type: ResourceType, object: Stored, recorded: Properties, known: Properties): Properties {
  const importing = Object.keys(known).length === 0;
  const current: Record<string, unknown> = {};
  for (const { name, required, chosen } of type.fields) {
    const unread = type.unread?.includes(name) ?? false;
    const wanted = importing ? (required || !chosen) && !unread : name in recorded;
    if (!wanted) continue;
    if (unread) {
      current[name] = recorded[name];
      continue;
    }
    const hidden = type.secrets?.includes(name) || (type.hashed?.includes(name) && object[name] === hashOf(recorded[name]));
    const value = hidden ? recorded[name] : importing ? object[name] : asRecorded(object[name], recorded[name]);
    if (value !== undefined) current[name] = value;
  }
  return current;
}

/** The value without the members the cloud added to the maps of a list: what was not given cannot have drifted. */
function asRecorded(value: unknown, recorded: unknown): unknown {
  if (!Array.isArray(value) || !Array.isArray(recorded)) return value;
  return value.map((element, index) => {
    const given = recorded[index];
    if (!isMap(element) || !isMap(given)) return element;
    return Object.fromEntries(Object.entries(element).filter(([key]) => key in given));
  });
}

/** The object without the inputs that are no longer given and that the cloud does not choose itself. */
function without(object: Stored, type: ResourceType, news: Properties): Properties {
  const dropped = type.fields.filter((field) => !field.chosen && !(field.name in news)).map((field) => field.name);
  return Object.fromEntries(Object.entries(object).filter(([key]) => !dropped.includes(key)));
}

function checkReferences(type: ResourceType, cloud: Cloud, inputs: Properties): void {
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
