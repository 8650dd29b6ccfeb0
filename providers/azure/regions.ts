/** Azure's clouds that are apart from the public one, by what the names of their regions begin with, as its own tools call them. */
const APART: readonly (readonly [RegExp, string])[] = [
  [/^us(gov|dod)/, "AzureUSGovernmentCloud"],
  [/^china/, "AzureChinaCloud"],
];

/** A region's name as paths and labels have it. */
export function squeezed(region: string): string {
  return region.toLowerCase().replaceAll(" ", "");
}

/** The cloud that a region is in. */
export function cloudOfRegion(region: string): string {
  return APART.find(([words]) => words.test(squeezed(region)))?.[1] ?? "AzurePublicCloud";
}
