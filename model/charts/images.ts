import { at, type Fields, fields, text } from "../data";
import { chartValues } from "./chart";
import type { ChartRef } from "./charts-of";
import { ownImages } from "./own-images";
import { chartRules } from "./rules";

/**
 * The images of a service once the user's values are in: an image they name takes the planned one's place, and one that they switch on
 * or name anywhere else is added.
 * @param planned full references by role
 */
export function imagesWith(
  chart: Pick<ChartRef, "name" | "version">,
  planned: Readonly<Record<string, string>>,
  values: Fields,
): Record<string, string> {
  const rules = chartRules(chart.name);
  const images: Record<string, string> = { ...planned };
  const defaults = chartValues(chart.name, chart.version)?.values ?? {};
  for (const [role, path] of Object.entries(rules?.images ?? {})) {
    const image = planned[role];
    const apart = "registry" in fields(at(defaults, path));
    if (image !== undefined) images[role] = overlaid(image, fields(at(values, path)), apart);
  }
  for (const { role, when, image } of rules?.addedImages ?? []) {
    if (at(values, when) !== true) continue;
    const known = fields(at(defaults, image));
    images[role] = overlaid(`${String(known.repository)}:${String(known.tag)}`, fields(at(values, image)));
  }
  const known = [...Object.values(rules?.images ?? {}), ...(rules?.addedImages ?? []).map(({ image }) => image)];
  return { ...images, ...ownImages(defaults, values, known) };
}

/**
 * An image as the parts given in values change it: charts put it together as registry/repository:tag@digest.
 * @param apart whether the chart has the registry by itself: one that is not given stays then, and one that is takes its place
 */
function overlaid(image: string, given: Fields, apart = false): string {
  const [registry, repository, tag, digest] = ["registry", "repository", "tag", "digest"].map((part) => text(given[part]));
  if (registry === undefined && repository === undefined && tag === undefined && digest === undefined) return image;
  const match = /^(.+?)(?::([^:@/]+))?(?:@(.+))?$/.exec(image);
  const [, home = "", path = ""] = /^([^/]+)\/(.+)$/.exec(match?.[1] ?? "") ?? [];
  const name = apart ? `${registry ?? home}/${repository ?? path}` : (repository ?? match?.[1] ?? "");
  const version = tag ?? match?.[2];
  const sum = digest ?? (tag === undefined && repository === undefined ? match?.[3] : undefined);
  return `${registry === undefined || apart ? "" : `${registry}/`}${name}${version === undefined ? "" : `:${version}`}${sum === undefined ? "" : `@${sum}`}`;
}
