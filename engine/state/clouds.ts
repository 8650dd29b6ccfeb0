import { registry } from "../../files/registry";
import { cloudOfResource as among, type CloudDefinition, type Placed } from "../../model/cloud";
import type { Values } from "../../model/findable";
import { type Marks, marksOf as written } from "../../model/marks";

/** The cloud that a resource belongs to; undefined for what is of no cloud. */
export function cloudOfResource(resource: Placed): CloudDefinition | undefined {
  return among(resource, registry.clouds);
}

/** What a resource is, whatever cloud it is of. */
export function kindOf(resource: Placed): keyof NonNullable<CloudDefinition["state"]>["kinds"] | undefined {
  const kinds = cloudOfResource(resource)?.state?.kinds;
  return (["machine", "volume", "floatingAddress"] as const).find((kind) => kinds?.[kind] === resource.type);
}

/** Whose a machine or a data volume is, as its cloud has that written. */
export function marksOf({ inputs = {}, ...placed }: Placed & { readonly inputs?: Values | undefined }): Marks {
  return cloudOfResource(placed)?.state?.marks?.(inputs) ?? written(inputs);
}
