import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Properties } from "./provider";

/** The plain object in a protobuf Struct; `{}` where there is none. */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

/** A protobuf Struct of a plain object. Fields that are undefined are left out: protobuf has no such value. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(withoutUndefined(properties) as Record<string, Properties>);
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => withoutUndefined(element) ?? null);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [key, withoutUndefined(field)]),
  );
}
