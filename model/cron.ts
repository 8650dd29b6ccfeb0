/** The five fields of a line in a crontab, with the values each may have. */
const FIELDS = [
  ["minute", 0, 59],
  ["hour", 0, 23],
  ["day of the month", 1, 31],
  ["month", 1, 12],
  ["day of the week", 0, 7],
] as const;

/** What is wrong with when something runs, written as in a crontab: numbers, `*`, ranges, lists and steps; undefined where nothing is. */
export function cronProblem(text: string): string | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== FIELDS.length || text !== text.trim()) return "must have the five fields of a crontab";
  for (const [index, [what, least, most]] of FIELDS.entries()) {
    for (const part of (fields[index] ?? "").split(",")) {
      const [, range = "", step] = /^(\*|\d+(?:-\d+)?)(?:\/(\d+))?$/.exec(part) ?? [];
      const [first, last = first] = range === "*" ? [least, most] : range.split("-").map(Number);
      const wrong = range === "" || first === undefined || last === undefined || first < least || last > most || first > last;
      const stepWrong = step !== undefined && (Number(step) < 1 || Number(step) > most || /^\d+$/.test(range));
      if (wrong || stepWrong) return `has the ${what} "${part}"; it is a number from ${least} to ${most}, a range, a list, * or */STEP`;
    }
  }
  return undefined;
}
