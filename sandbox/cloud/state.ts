import { createHash } from "node:crypto";
import { type Properties, secret, UNKNOWN } from "../../plugin/rpc/provider";
import type { Stored } from "../store";
import { isMap } from "../values";
import type { AnyType } from "./type";

/** The outputs a preview can know: the inputs, and in an update what was computed before. */
export function previewed(type: AnyType, inputs: Properties, olds: Properties): Properties {
  const chosen = type.fields.filter((field) => field.chosen && inputs[field.name] === undefined).map((field) => field.name);
  const computed = [...type.outputs, ...chosen].map((key) => [key, olds[key] ?? UNKNOWN]);
  return { ...Object.fromEntries(computed), ...inputs };
}

/** What the file holds: no secrets, and hashes instead of long texts. */
export function kept(type: AnyType, object: Stored): Stored {
  const hidden = Object.entries(object).filter(([key]) => !type.secrets?.includes(key));
  return { ...Object.fromEntries(hidden.map(([key, value]) => [key, type.hashed?.includes(key) ? hashOf(value) : value])), id: object.id };
}

function hashOf(value: unknown): unknown {
  const isHash = typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value);
  return typeof value !== "string" || isHash ? value : `sha256:${createHash("sha256").update(value).digest("hex")}`;
}

/** Pulumi's state of an object. What the file leaves out comes from the inputs or the old state. */
export function stateOf(type: AnyType, inputs: Properties, object: Stored, olds: Properties = {}): Properties {
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
export function currentInputs(type: AnyType, object: Stored, recorded: Properties, known: Properties): Properties {
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
export function without(object: Stored, type: AnyType, news: Properties): Properties {
  const dropped = type.fields.filter((field) => !field.chosen && !(field.name in news)).map((field) => field.name);
  return Object.fromEntries(Object.entries(object).filter(([key]) => !dropped.includes(key)));
}
