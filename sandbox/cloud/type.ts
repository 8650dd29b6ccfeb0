import type { CheckFailure, Properties } from "../../plugin/rpc/provider";
import type { Stored } from "../store";
import type { Field } from "./fields";

/** A resource type: what the provider takes and gives, and what the cloud says to it. One engine runs them all. */
export interface ResourceType<Cloud> {
  /** The folder its objects are stored in, and what references name. */
  readonly kind: string;
  readonly fields: readonly Field[];
  readonly defaults?: Properties;
  /** Allowed values by input. */
  readonly oneOf?: Readonly<Record<string, readonly string[]>>;
  /** Lists in which order means nothing. */
  readonly sets?: readonly string[];
  /** Inputs that the provider cannot read back: after an import they are missing, and a refresh finds no drift in them. */
  readonly unread?: readonly string[];
  /** Values of an input that the provider takes for no difference, since nobody can ask for them. */
  readonly passing?: Readonly<Record<string, readonly string[]>>;
  /** The code with which what is on it keeps it from going, and the provider waits for that until its time is up. */
  readonly waits?: number | string;
  /** What of those an import finds out all the same. */
  imported?(object: Stored): Properties;
  /** What a state holds where nobody gave anything; the first map of a list stands for all of its maps. */
  readonly blank?: Properties;
  /** An import names the object behind the one that an input names, `POOL/MEMBER`; the provider's words where it does not. */
  readonly within?: { readonly input: string; readonly refusal: string };
  /** Inputs whose text is kept as a hash only, in the file as in a real provider's state. */
  readonly hashed?: readonly string[];
  /** Inputs and outputs that are secret; they are in Pulumi's state, never in the file. */
  readonly secrets?: readonly string[];
  /** What is computed beyond the inputs: unknown in a preview. */
  readonly outputs: readonly string[];
  /** Kind of the object each input names. `fixedIps.subnetId` means that member of each element. */
  readonly references: Readonly<Record<string, string>>;
  /** Inputs whose change means a new object in this case, though not in every one. */
  replacedBy?(before: Properties, after: Properties): readonly string[];
  /** What only this type's inputs can have wrong. Unknown values may be among them. */
  check?(inputs: Properties): readonly CheckFailure[];
  /** Makes the object after its references were found; throws what the cloud refuses. The id is in the answer. */
  create(cloud: Cloud, inputs: Properties): Stored;
  /** What the provider says of an object that was made and did not become what was asked for. It is recorded all the same. */
  failure?(object: Stored): string | undefined;
  /** The object after a change; throws what the cloud refuses. Default: the new inputs over the old object. */
  update?(cloud: Cloud, object: Stored, inputs: Properties): Stored;
  /** Releases what the object holds before it goes; throws what the cloud refuses. */
  remove?(cloud: Cloud, object: Stored): void;
  /** When the object goes by itself. @default never */
  until?(object: Stored): Date | undefined;
  /** What the provider says where it is to delete what is gone. @default it is content */
  gone?(id: string): string;
}

/** What a type says of its inputs and outputs, whichever cloud it is of. */
export type AnyType = Omit<ResourceType<never>, "create" | "update" | "remove">;

/** Texts in `object` under the dotted reference path. */
export function referenced(object: Properties, path: string): string[] {
  return path
    .split(".")
    .reduce<unknown[]>((values, key) => values.flatMap((value) => memberOf(value, key)), [object])
    .filter((value) => typeof value === "string");
}

function memberOf(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null || !(key in value)) return [];
  const member: unknown = Reflect.get(value, key);
  return Array.isArray(member) ? member : [member];
}
