import { z } from "zod";

/** How much of a list is asked for. */
export const pageQuery = z.strictObject({
  after: z.string().max(200).optional().meta({ description: "What `next` of the page before said." }),
  limit: z.coerce.number().int().min(1).max(500).default(100).meta({ description: "How many at most." }),
});

/** One page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({
    items: z.array(item),
    next: z.string().optional().meta({ description: "Asks for the next page, as `after`; there is none where it is missing." }),
  });
}

/** A page of items that are in order, each known by its key. */
export function page<T>(
  items: readonly T[],
  limit: number,
  keyOf: (item: T) => string,
): { readonly items: readonly T[]; readonly next?: string } {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return items.length > limit && last !== undefined ? { items: shown, next: keyOf(last) } : { items: shown };
}
