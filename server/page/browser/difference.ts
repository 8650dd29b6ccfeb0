/** A line of two texts: of both, of the first alone, or of the second alone. */
export interface DifferentLine {
  readonly of: "both" | "first" | "second";
  readonly text: string;
}

/** Beyond so many pairs of lines what differs is shown whole. */
const MOST = 4_000_000;

/** By lines, how two texts differ: the least that is taken out of the first and put into it. */
export function differenceOf(first: string, second: string): DifferentLine[] {
  const [a, b] = [first.split("\n"), second.split("\n")];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const same = (lines: readonly string[]) => lines.map((text): DifferentLine => ({ of: "both", text }));
  const between = middle(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return [...same(a.slice(0, start)), ...between, ...same(a.slice(a.length - end))];
}

function middle(a: readonly string[], b: readonly string[]): DifferentLine[] {
  const only = (of: "first" | "second", lines: readonly string[]) => lines.map((text): DifferentLine => ({ of, text }));
  if (a.length * b.length > MOST) return [...only("first", a), ...only("second", b)];
  // How many lines both have in common from there on.
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (x: number, y: number) => common[x * width + y] ?? 0;
  for (let x = a.length - 1; x >= 0; x--)
    for (let y = b.length - 1; y >= 0; y--)
      common[x * width + y] = a[x] === b[y] ? at(x + 1, y + 1) + 1 : Math.max(at(x + 1, y), at(x, y + 1));
  const lines: DifferentLine[] = [];
  let [x, y] = [0, 0];
  while (x < a.length && y < b.length) {
    if (a[x] === b[y]) lines.push({ of: "both", text: a[x] ?? "" });
    else if (at(x + 1, y) >= at(x, y + 1)) lines.push({ of: "first", text: a[x] ?? "" });
    else lines.push({ of: "second", text: b[y] ?? "" });
    if (lines.at(-1)?.of !== "second") x++;
    if (lines.at(-1)?.of !== "first") y++;
  }
  return [...lines, ...only("first", a.slice(x)), ...only("second", b.slice(y))];
}

/** Those that differ, with so many around them that are the same; undefined where some were left out. */
export function around(lines: readonly DifferentLine[], many = 2): (DifferentLine | undefined)[] {
  const kept = new Set(
    lines.flatMap(({ of }, index) => (of === "both" ? [] : Array.from({ length: 2 * many + 1 }, (_, each) => index - many + each))),
  );
  return lines.flatMap((line, index) => (kept.has(index) ? [line] : kept.has(index - 1) || index === 0 ? [undefined] : []));
}
