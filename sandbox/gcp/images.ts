import { type Gcp, idOf } from "./names";

/** An image that exists from the start: of a family, its newest. */
export interface Image {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly family: string;
}

/** The images of world.json: `PROJECT/NAME`, or `PROJECT/family/FAMILY` for a family with one build. */
export function imagesIn(cloud: Gcp): Image[] {
  return cloud.existing("images").map((entry) => {
    const [project = "", ...rest] = entry.split("/");
    const family = rest[0] === "family" ? (rest[1] ?? "") : "";
    const name = family === "" ? (rest[0] ?? "") : `${family}-v20260101`;
    return { id: `projects/${project}/global/images/${name}`, project, name, family };
  });
}

/** An image by a link to it; undefined where there is none. */
export function imageByLink(cloud: Gcp, link: string): Image | undefined {
  return imagesIn(cloud).find(({ id }) => id === idOf(link));
}
