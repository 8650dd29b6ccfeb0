import dates from "../catalog/end-of-life.json";

/** Until when the lines of a product are mended, and where that is said. */
interface Product {
  readonly source: string;
  /** The day at which the source stood so. */
  readonly asOf: string;
  /** The image that holds it, of what is no service but runs for one. */
  readonly image?: string;
  /** By line, e.g. `12.3`: the day from which nothing is mended any more; null where none was announced. */
  readonly cycles: Readonly<Record<string, string | null>>;
}

const products: Readonly<Record<string, Product>> = dates;

/** What is known of the end of a version. */
export interface EndOfLife {
  /** The first day without mending; undefined where the line is mended and none was announced. */
  readonly date?: string;
  readonly source: string;
  readonly asOf: string;
}

/** When the line of that version ends, by the name of the product: that of its chart, else of the service; undefined where nobody says. */
export function endOfLifeOf(product: string, version: string): EndOfLife | undefined {
  if (!Object.hasOwn(products, product)) return undefined;
  const { source, asOf, cycles } = products[product]!;
  const line = Object.keys(cycles)
    .filter((cycle) => version === cycle || version.startsWith(`${cycle}.`))
    .sort((a, b) => b.length - a.length)[0];
  if (line === undefined) return undefined;
  const date = cycles[line];
  return { source, asOf, ...(date ? { date } : {}) };
}

/** Whether the line is known to have ended by that day, an ISO date. */
export function hasEnded(product: string, version: string, today: string): boolean {
  const date = endOfLifeOf(product, version)?.date;
  return date !== undefined && today >= date;
}

/** Those that an image holds, by its name without the tag. */
const held: readonly (readonly [image: string, product: string])[] = Object.entries(products).flatMap(([product, { image }]) =>
  image === undefined ? [] : [[`${image}:`, product] as const],
);

/** What of the products is in an image that runs for a service, with its version; undefined where none is. */
export function productIn(image: string): { readonly product: string; readonly version: string } | undefined {
  const found = held.find(([name]) => image.startsWith(name));
  const version = found && /:v?(\d[\d.]*)/.exec(image)?.[1];
  return found && version !== undefined ? { product: found[1], version } : undefined;
}
