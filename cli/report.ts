import { CommanderError } from "commander";
import { formatProblem, InvalidInputError, type Problem, RefusedError } from "../model/problems";
import { type Colors, type Context, colorsFor, writeJson, writeLines } from "./context";
import { EXIT } from "./exit";
import { type Attempt, nextCommand } from "./next";

/** Raised by a command that has said everything already and only ends with this code. */
export class Exit extends Error {
  /** @param next what to type next, where the command ends in a failure */
  constructor(
    readonly code: number,
    readonly next?: string,
  ) {
    super(`exit ${code}`);
    this.name = "Exit";
  }
}

/** Raised where a command is used wrongly, in a way only the command itself can see. */
export function badUsage(reason: string, remedy: string, environment = ""): InvalidInputError {
  return new InvalidInputError([{ environment, path: "", reason, remedy, severity: "error" }]);
}

/**
 * Tells what went wrong, as problems on standard output with `--json`, in words on standard error otherwise, and then what to type next;
 * gives the exit code.
 */
export function reportFailure(context: Context, error: unknown, attempt: Attempt): number {
  const json = attempt.argv.includes("--json");
  const code = tell(context, error, json, attempt.environment);
  const next = error instanceof Exit ? error.next : code === EXIT.done ? undefined : nextCommand(error, attempt);
  if (next !== undefined && !json) writeLines(context.stderr, [colorsFor(context.stderr, context.env).bold(`next: ${next}`)]);
  return code;
}

function tell(context: Context, error: unknown, json: boolean, environment: string): number {
  if (error instanceof Exit) return error.code;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    if (json) printProblems(context, [usageProblem(error.message.replace(/^error: /, ""))], true);
    return EXIT.badInput;
  }
  if (error instanceof InvalidInputError) {
    const problems = error.problems.map((problem) => (problem.environment === "" ? { ...problem, environment } : problem));
    printProblems(context, problems, json);
    return EXIT.badInput;
  }
  if (error instanceof RefusedError) {
    printProblems(context, error.problems, json);
    return EXIT.refused;
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  if (json) writeJson(context, { problems: [{ environment, path: "", reason: message, remedy: remedyFor(name), severity: "error" }] });
  else if (EXPECTED.has(name) || isOfTheSystem(error))
    writeLines(context.stderr, [`${colorsFor(context.stderr, context.env).red("error")} ${message}`]);
  else writeLines(context.stderr, [stack ?? message]);
  return name === "InterruptedError" ? EXIT.interrupted : EXIT.failed;
}

/** Failures whose message is all a user needs; anything else is a defect of ours and shows where it came from. */
const EXPECTED: ReadonlySet<string> = new Set([
  "InterruptedError",
  "OperationFailedError",
  "EngineMissingError",
  "StackMissingError",
  "StackBusyError",
]);

/** A file that cannot be read or written, a full disk: nothing the place in our code would explain. */
function isOfTheSystem(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "path" in error;
}

function remedyFor(name: string): string {
  if (name === "InterruptedError") return "run the same command again: it goes on from what was done";
  if (name === "EngineMissingError") return "run `kpaas doctor` to see where the engine was looked for";
  return "mend what the reason names and run the same command again";
}

function usageProblem(reason: string): Problem {
  return { environment: "", path: "", reason, remedy: "see `kpaas --help`, or `--help` after a command", severity: "error" };
}

/** Prints problems where their readers look: JSON on standard output, lines on standard error. */
function printProblems(context: Context, problems: readonly Problem[], json: boolean): void {
  if (json) writeJson(context, { problems });
  else writeLines(context.stderr, describeProblems(problems, colorsFor(context.stderr, context.env)));
}

/** Problems as lines, the severity coloured; errors last, where a reader's eye is when the command has ended. */
export function describeProblems(problems: readonly Problem[], colors: Colors): string[] {
  const errors = problems.filter(({ severity }) => severity === "error");
  return [...problems.filter((problem) => !errors.includes(problem)), ...errors].map((problem) => {
    const text = formatProblem(problem).replace(/^(error|warning) : /, "$1: ");
    const rest = text.slice(problem.severity.length);
    return (problem.severity === "error" ? colors.red(problem.severity) : colors.yellow(problem.severity)) + rest;
  });
}
