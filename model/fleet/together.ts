/** Something that takes a while, and what has to have ended before. */
export interface Stretch {
  readonly name: string;
  readonly after: readonly string[];
  readonly length: number;
}

/** How long things take together, so many at once, in their order and each after what it comes after. What is not among them is over. */
export function together(stretches: readonly Stretch[], slots: number): number {
  const free = Array.from({ length: Math.max(1, Math.min(slots, stretches.length)) }, () => 0);
  const ends = new Map<string, number>();
  for (const { name, after, length } of stretches) {
    const first = free.indexOf(Math.min(...free));
    const end = Math.max(free[first] ?? 0, ...after.map((other) => ends.get(other) ?? 0)) + length;
    free[first] = end;
    ends.set(name, end);
  }
  return Math.max(0, ...ends.values());
}
