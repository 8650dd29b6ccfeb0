import { registry } from "../../files/registry";
import { cloudOfType as among, type CloudDefinition } from "../../model/cloud";

/** The cloud that a type of resources belongs to; undefined for what is of no cloud. */
export function cloudOfType(type: string): CloudDefinition | undefined {
  return among(type, registry.clouds);
}

/** What a resource is, whatever cloud it is of. */
export function kindOf(type: string): keyof NonNullable<CloudDefinition["state"]>["kinds"] | undefined {
  const kinds = cloudOfType(type)?.state?.kinds;
  return (["machine", "volume", "floatingAddress"] as const).find((kind) => kinds?.[kind] === type);
}
