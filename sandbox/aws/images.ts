import { imageQuery } from "../../providers/aws/names";
import { type Aws, idOfName } from "./names";

/** An AMI that exists from the start. */
export interface Image {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
}

/** The AMIs of world.json: ids, or owner and name. */
export function imagesIn(cloud: Aws): Image[] {
  return cloud.existing("images").map((entry) => {
    const query = imageQuery(entry);
    return query !== undefined && "owner" in query
      ? { id: idOfName("ami", entry), ...query }
      : { id: idOfName("ami", entry), owner: "123456789012", name: entry };
  });
}

/** An AMI by its id; undefined where there is none. */
export function imageOf(cloud: Aws, id: string): Image | undefined {
  return imagesIn(cloud).find((each) => each.id === id);
}
