import { distance } from "fastest-levenshtein";

/** How grave a problem is: an error stops the command (exit code 2), a warning is shown and passed. */
export type Severity = "error" | "warning";

/** One thing wrong with an environment file, its lock or a wanted change. The shape `--json` prints. */
export interface Problem {
  /** The environment's name, or the file's path where no name could be read. */
  readonly environment: string;
  /** Dotted path of the offending field, e.g. `cluster.pools.general.nodes`; empty for the whole file. */
  readonly path: string;
  /** The offending value; left out for secrets. */
  readonly value?: unknown;
  /** What is wrong and what it must be. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly severity: Severity;
}

/** A problem before the environment it belongs to is known. */
export type Finding = Omit<Problem, "environment" | "severity"> & { readonly severity?: Severity };

/** Collects findings, so that every check can run and all problems are reported at once. */
export class Findings {
  private readonly found: Finding[] = [];

  error(path: string, reason: string, remedy: string, value?: unknown): void {
    this.found.push({ path, reason, remedy, severity: "error", ...(value === undefined ? {} : { value }) });
  }

  warn(path: string, reason: string, remedy: string, value?: unknown): void {
    this.found.push({ path, reason, remedy, severity: "warning", ...(value === undefined ? {} : { value }) });
  }

  add(findings: readonly Finding[]): void {
    this.found.push(...findings);
  }

  /** Adds those whose path no finding has yet. */
  addNew(other: Findings): void {
    const known = new Set(this.found.map(({ path }) => path));
    this.found.push(...other.found.filter(({ path }) => !known.has(path)));
  }

  addAll(other: Findings): void {
    this.found.push(...other.found);
  }

  /** Takes out the findings at paths that `consequence` holds true for. */
  drop(consequence: (path: string) => boolean): void {
    const kept = this.found.filter(({ path }) => !consequence(path));
    this.found.splice(0, this.found.length, ...kept);
  }

  /** Everything found so far, in the order it was found. */
  get all(): readonly Finding[] {
    return this.found;
  }

  /** The paths at which something is wrong. */
  get errorPaths(): string[] {
    return this.found.filter((finding) => finding.severity !== "warning").map(({ path }) => path);
  }

  get hasErrors(): boolean {
    return this.found.some((finding) => finding.severity !== "warning");
  }

  /** All findings as problems of one environment, each once, errors first, then by path. */
  toProblems(environment: string): Problem[] {
    return [...new Map(this.found.map((finding) => [JSON.stringify(finding), finding])).values()]
      .map((finding) => ({ environment, ...finding, severity: finding.severity ?? ("error" as const) }))
      .sort((a, b) => rank(a.severity) - rank(b.severity) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }
}

function rank(severity: Severity): number {
  return severity === "error" ? 0 : 1;
}

/** The name in `known` nearest to `name`, when near enough to be a slip of the pen. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const steps = distance(lower, candidate.toLowerCase());
    if (steps < bestDistance) {
      best = candidate;
      bestDistance = steps;
    }
  }
  return best;
}

/** One problem as a line or two of plain text: where, what is, what must be, how to mend it. */
export function formatProblem(problem: Problem): string {
  return `${problem.severity} ${describeProblem(problem)}`;
}

/** The same without its severity, for what shows that itself. */
export function describeProblem(problem: Problem): string {
  const value = problem.value === undefined ? "" : ` (is ${JSON.stringify(problem.value)})`;
  const where = problem.path === "" ? problem.environment : `${problem.environment}: ${problem.path}`;
  return `${where}${value}: ${problem.reason}\n    ${problem.remedy}`;
}

/** Raised where bad input ends an operation; the command line prints all problems and exits with 2. */
export class InvalidInputError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "InvalidInputError";
  }
}

/** Raised where a change or a stale plan is refused; the command line prints it and exits with 3. */
export class RefusedError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "RefusedError";
  }
}
