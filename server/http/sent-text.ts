import { z } from "zod";

/** What K-PaaS's programs send as a text may be a number, or missing. */
export const text = (most: number) =>
  z
    .union([z.string(), z.number(), z.null()])
    .optional()
    .transform((value) => (value === undefined || value === null ? "" : String(value)))
    .pipe(z.string().max(most));
