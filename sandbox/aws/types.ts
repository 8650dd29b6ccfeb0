/** Processors by the size in an instance type's name, for the quota and what is told of a type. */
const PROCESSORS: Readonly<Record<string, number>> = { nano: 2, micro: 2, small: 2, medium: 2, large: 2, xlarge: 4 };

/** How many processors an instance type's name stands for, as in the families of today. */
export function processorsOf(type: string): number {
  const size = type.split(".")[1] ?? "";
  const [, times] = /^(\d+)xlarge$/.exec(size) ?? [];
  return times === undefined ? (PROCESSORS[size] ?? 2) : Number(times) * 4;
}
