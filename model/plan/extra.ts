import { ownImages } from "../charts/own-images";
import type { Environment } from "../environment/types";
import { type ExtraRelease, imagesOf } from "../extra";
import type { ExtraPlan } from "./types";

/** The user's own charts and objects; undefined where there are none. */
export function planExtra({ platform: { extra } }: Environment): ExtraPlan | undefined {
  const { releases, objects } = extra;
  if (releases.length + objects.length === 0) return undefined;
  return { releases, objects: objects.map(({ manifest }) => manifest) };
}

/** The images that can be known of them: what objects name, and what values do. What a chart names by itself only the chart knows. */
export function extraImages({ releases, objects }: ExtraPlan): string[] {
  return [...objects.flatMap(imagesOf), ...releases.flatMap(({ values }: ExtraRelease) => Object.values(ownImages({}, values, [])))];
}
