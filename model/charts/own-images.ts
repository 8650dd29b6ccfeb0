import { at, type Fields, isFields, merge, text } from "../data";

/** The parts that charts put a reference together from. */
const PARTS = ["registry", "repository", "image", "tag", "digest"];

/** What a manifest among the values says: objects may be given as texts. */
const IN_TEXT = /^[\s-]*image:\s*["']?([^\s"'{}]+)/gm;

/**
 * Images that the user's values name at places that are not the service's own: further containers, a chart's extra parts, objects of the user's.
 * By the dotted path at which each is named.
 * @param defaults the chart's own values, which fill in the parts that the user leaves out
 * @param known paths of the service's own images
 */
export function ownImages(defaults: Fields, values: Fields, known: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  const merged = merge(defaults, values);
  const visit = (value: unknown, path: string): void => {
    if (known.includes(path)) return;
    if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) visit(each, `${path}.${index}`);
    } else if (typeof value === "string") {
      for (const [index, [, image = ""]] of [...value.matchAll(IN_TEXT)].entries())
        found[`${path}.image${index === 0 ? "" : index + 1}`] = image;
    } else if (isFields(value)) {
      const image = referenceOf(value, at(merged, path));
      if (image !== undefined) found[path] = image;
      for (const [key, inner] of Object.entries(value)) {
        const here = path === "" ? key : `${path}.${key}`;
        if (key === "image" && typeof inner === "string") {
          if (image === undefined && inner !== "") found[here] = inner;
        } else visit(inner, here);
      }
    }
  };
  visit(values, "");
  return found;
}

/** A reference in parts, as charts take them; undefined where the map names no image. */
function referenceOf(given: Fields, merged: unknown): string | undefined {
  if (!PARTS.some((part) => part !== "image" && text(given[part]) !== undefined)) return undefined;
  const [registry, repository, image, tag, digest] = PARTS.map((part) => text(isFields(merged) ? merged[part] : given[part]));
  const name = repository ?? image;
  if (name === undefined || (tag === undefined && digest === undefined)) return undefined;
  return `${registry === undefined || repository?.startsWith(`${registry}/`) ? "" : `${registry}/`}${name}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}
