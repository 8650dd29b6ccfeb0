/** Processors of the types whose names do not say. */
const SHARED: Readonly<Record<string, number>> = { "e2-micro": 2, "e2-small": 2, "e2-medium": 2, "f1-micro": 1, "g1-small": 1 };

/** How many processors a machine type has, as its name says. */
export function processorsOf(type: string): number {
  return SHARED[type] ?? (Number(/-(\d+)(?:-\d+)?$/.exec(type)?.[1] ?? 2) || 2);
}
