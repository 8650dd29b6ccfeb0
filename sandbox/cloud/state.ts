import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { type Properties, secret, UNKNOWN } from "../../plugin/rpc/provider";
import type { Stored } from "../store";
import { isEmpty, isMap, reveal } from "../values";
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

/** Pulumi's state of an object. A secret that the file leaves out comes from the inputs or the old state. */
export function stateOf(type: AnyType, inputs: Properties, object: Stored, olds: Properties = {}): Properties {
  const names = new Set([...type.fields.map((field) => field.name), ...type.outputs, ...Object.keys(type.blank ?? {}), "id"]);
  const state: Record<string, unknown> = {};
  for (const name of names) {
    const isSecret = type.secrets?.includes(name) ?? false;
    const there = type.hashed?.includes(name) ? shortened(inputs[name]) : (object[name] ?? inputs[name]);
    const value = completed(there ?? (isSecret ? olds[name] : undefined), type.blank?.[name]);
    if (value === undefined) continue;
    state[name] = isSecret && !isEmpty(value) && value !== "" ? secret(reveal(value)) : inOrder(type, name, value);
  }
  return state;
}

/** What an import can know of an object. */
export function readable(type: AnyType, object: Stored): Stored {
  const read = Object.entries(object).filter(([key]) => !type.unread?.includes(key) && !type.hashed?.includes(key));
  return { ...Object.fromEntries(read), ...type.imported?.(object), id: object.id };
}

/** The provider's hash of a text. */
function shortened(value: unknown): unknown {
  return typeof value === "string" ? createHash("sha1").update(value).digest("hex") : value;
}

/** The value with what the provider tells of everything that was not given. */
function completed(value: unknown, blank: unknown): unknown {
  if (!Array.isArray(blank)) return value ?? blank;
  const [member] = blank;
  if (value === undefined) return [];
  return isMap(member) && Array.isArray(value) ? value.map((one) => (isMap(one) ? { ...member, ...one } : one)) : value;
}

/** A set in the order of its provider, which goes by the elements' hashes, as texts. */
function inOrder(type: AnyType, name: string, value: unknown): unknown {
  if (!type.sets?.includes(name) || !Array.isArray(value)) return value;
  return value
    .map((one: unknown) => ({ one, hash: String(crc32(isMap(one) ? Object.values(one).join("-") : String(one))) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0))
    .map(({ one }) => one);
}

/** The inputs as the object has them now; what the provider cannot read is as it was recorded. */
export function currentInputs(type: AnyType, object: Stored, recorded: Properties): Properties {
  const current: Record<string, unknown> = {};
  for (const { name, members } of type.fields) {
    if (!(name in recorded)) continue;
    const hidden = type.unread?.includes(name) || type.secrets?.includes(name);
    const known = asRecorded(object[name], recorded[name]);
    // A map of fixed members has those besides that the cloud chose; one of free ones has only what somebody put there.
    const value = hidden ? recorded[name] : members && isMap(known) && isMap(recorded[name]) ? only(known, recorded[name]) : known;
    if (value !== undefined) current[name] = value;
  }
  return current;
}

/** The inputs of an import: all that says something and that the provider would not take anyway. */
export function importedInputs(type: AnyType, object: Stored): Properties {
  const says = type.fields.filter(({ name }) => !isBlank(object[name]) && object[name] !== type.defaults?.[name]);
  return Object.fromEntries(says.map(({ name }) => [name, saying(inOrder(type, name, completed(object[name], type.blank?.[name])))]));
}

/** A list without what its maps do not say. */
function saying(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((one) => (isMap(one) ? Object.fromEntries(Object.entries(one).filter(([, each]) => !isBlank(each))) : one));
}

function isBlank(value: unknown): boolean {
  return isEmpty(value) || value === "" || value === 0 || value === false;
}

/** Whether a reading is an import: nothing is known of the object but its id. */
export function isImport(known: Properties): boolean {
  return Object.keys(known).length === 0;
}

/** The value without the members the cloud added to the maps of a list: what was not given cannot have drifted. */
function asRecorded(value: unknown, recorded: unknown): unknown {
  if (!Array.isArray(value) || !Array.isArray(recorded)) return value;
  return value.map((element, index) => {
    const given = recorded[index];
    return isMap(element) && isMap(given) ? only(element, given) : element;
  });
}

/** The members that were given too. */
function only(value: Properties, given: Properties): Properties {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key in given));
}

/** The object without the inputs that are no longer given and that the cloud does not choose itself. */
export function without(object: Stored, type: AnyType, news: Properties): Properties {
  const dropped = type.fields.filter((field) => !field.chosen && !(field.name in news)).map((field) => field.name);
  return Object.fromEntries(Object.entries(object).filter(([key]) => !dropped.includes(key)));
}
