import type { NeutralNames } from "../model/cloud";

/** Names that every cloud understands as a file has them: its own before those of a cloud's tables. */
export function withOwnNames(
  { sizes, images }: NeutralNames,
  own: { readonly images?: Readonly<Record<string, string>> | undefined; readonly sizes?: NeutralNames["sizes"] | undefined },
): NeutralNames {
  const ownImages = Object.entries(own.images ?? {}).map(([name, image]) => [name, [image]] as const);
  return { sizes: { ...sizes, ...own.sizes }, images: { ...images, ...Object.fromEntries(ownImages) } };
}
