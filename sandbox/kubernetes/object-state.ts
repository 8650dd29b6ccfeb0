import { secret, UNKNOWN } from "../../plugin/rpc/provider";
import {
  at,
  containsSecret,
  type Fields,
  fields,
  isFields,
  type KubeObject,
  markLike,
  nameOf,
  namespaceOf,
  reveal,
  text,
  withAt,
} from "./values";

/** Secrets' data as inputs and outputs: always secret. */
export function secretive(object: Fields): Fields {
  const hide = (value: unknown): unknown => (value === undefined || value === UNKNOWN || isHidden(value) ? value : secret(reveal(value)));
  const { data, stringData, ...rest } = object;
  return {
    ...rest,
    ...(data === undefined ? {} : { data: hide(data) }),
    ...(stringData === undefined ? {} : { stringData: hide(stringData) }),
  };
}

function isHidden(value: unknown): boolean {
  return containsSecret(value) && isFields(value) && Object.keys(value).length === 2 && "value" in value;
}

/** A Secret's stringData as the data that the API server makes of it. */
export function normal(object: Fields): Fields {
  if (object.kind !== "Secret" || object.apiVersion !== "v1" || object.stringData === undefined) return object;
  const { stringData, ...rest } = object;
  if (stringData === UNKNOWN) return { ...rest, data: UNKNOWN };
  const encoded = Object.entries(fields(stringData)).map(([key, value]) => [
    key,
    value === UNKNOWN ? UNKNOWN : Buffer.from(String(value)).toString("base64"),
  ]);
  return { ...rest, data: { ...fields(rest.data), ...Object.fromEntries(encoded) } };
}

/** An object as the state keeps it. */
export function outputsOf(object: KubeObject, inputs: Fields): Fields {
  const marked = fields(markLike(object, inputs));
  const outputs = object.apiVersion === "v1" && object.kind === "Secret" ? secretive(marked) : marked;
  return { ...outputs, __fieldManager: "pulumi-kubernetes", __initialApiVersion: object.apiVersion };
}

/** The inputs of an object that is read without any. */
export function importedInputs(object: KubeObject): Fields {
  const { status: _status, metadata, ...rest } = object;
  const { uid: _uid, resourceVersion: _version, generation: _generation, creationTimestamp: _created, ...kept } = metadata;
  const inputs = { ...rest, metadata: kept };
  return object.kind === "Secret" ? secretive(inputs) : inputs;
}

/** What a preview knows: the inputs, and that the rest comes later. */
export function previewed(inputs: Fields): Fields {
  const computed = { uid: UNKNOWN, creationTimestamp: UNKNOWN, generation: UNKNOWN, resourceVersion: UNKNOWN };
  const outputs = {
    ...inputs,
    metadata: isFields(inputs.metadata) ? { ...inputs.metadata, ...computed } : inputs.metadata,
    status: UNKNOWN,
  };
  if (inputs.kind !== "Service" || inputs.apiVersion !== "v1" || text(at(inputs, "spec.clusterIP")) !== undefined) return outputs;
  return withAt(outputs, "spec.clusterIP", UNKNOWN);
}

/** `NAMESPACE/NAME`, or the name alone. */
export function idOf(object: KubeObject): string {
  const namespace = namespaceOf(object);
  return namespace === "" ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}
