import type { z } from "zod";
import type { ResourcesPlan } from "../../../model/plan/types";

/** Applications that need memory by what is done with them, by the name that the file has for each. */
export type MeasuredParts = Readonly<Record<string, string>>;

/** The field by which a file says how much memory single applications have. */
export function memoryOption(zod: typeof z, parts: MeasuredParts) {
  const names = Object.keys(parts);
  const amount = zod.string().regex(/^[1-9]\d*(Mi|Gi)$/, "must be a quantity such as 4Gi");
  return zod
    .strictObject(
      Object.fromEntries(
        names.map((name) => [
          name,
          amount.optional().describe(`Memory that ${name} asks for and may take, as 4Gi. Default: as the release.`),
        ]),
      ),
    )
    .optional()
    .describe(`Memory of ${names.join(" and ")}, by name, which goes by what is done with them. Default: as the release.`);
}

/** What such a field gives those applications, by the names of their images. */
export function memoryOf(parts: MeasuredParts) {
  return ({ memory = {} }: Readonly<Record<string, unknown>>): Record<string, ResourcesPlan> =>
    Object.fromEntries(
      Object.entries(memory as Readonly<Record<string, string | undefined>>).flatMap(([name, amount]) => {
        const image = parts[name];
        if (image === undefined || amount === undefined) return [];
        return [[image, { requests: { cpu: "250m", memory: amount }, limits: { memory: amount } }]];
      }),
    );
}
