import { AssertionError } from "node:assert";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const FOLDER = join(__dirname, "..", "..", "..", "test", "golden");

/**
 * Compares lines with test/golden/NAME.txt. The file is written only when `UPDATE_GOLDEN=1` is set, so that a change is always seen and
 * reviewed.
 *
 * @throws AssertionError with the lines that differ.
 */
export function golden(name: string, lines: readonly string[]): void {
  const path = join(FOLDER, `${name}.txt`);
  const actual = `${lines.join("\n")}\n`;
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  const expected = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (actual === expected) return;
  const old = expected.split("\n").slice(0, -1);
  const report = [...minus(old, lines).map((line) => `- ${line}`), ...minus(lines, old).map((line) => `+ ${line}`)];
  const what = report.length > 0 ? report.join("\n") : "the same lines in another order";
  const message = `test/golden/${name}.txt differs (UPDATE_GOLDEN=1 rewrites it):\n${what}`;
  throw new AssertionError({ message, actual, expected, operator: "golden" });
}

/** The lines of `a` that `b` has not, counting repetitions. */
function minus(a: readonly string[], b: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of b) left.set(line, (left.get(line) ?? 0) + 1);
  return a.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
