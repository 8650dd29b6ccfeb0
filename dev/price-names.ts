import { SECTIONS } from "../model/cost/price-list";
import type { Registry } from "../model/registry";

/** The table of what price lists call things on each cloud, as the documentation has it. */
export function priceNames({ clouds }: Registry): string {
  const rows = Object.values(clouds).flatMap(({ name, bill }) =>
    (["address", "balancer", "gateway"] as const).flatMap((kind) =>
      Object.entries(bill.names[kind] ?? {}).map(([each, means]) => `| \`${name}\` | \`${SECTIONS[kind]}.${each}\` | ${means} |`),
    ),
  );
  return ["| provider | name | of what |", "|---|---|---|", ...rows].join("\n");
}
