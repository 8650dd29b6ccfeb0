import { CommanderError } from "commander";
import { describeLockChanges } from "../files/lock-problems";
import { formatProblem, InvalidInputError, type Problem, RefusedError } from "../model/problems";
import { LockRefusedError } from "../operate/lock";
import { DeclinedError } from "../operate/operator";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "./context";
import { EXIT } from "./exit";
import { type Attempt, nextCommand } from "./next";
import { printable } from "./printable";
import { wrapWords } from "./table";
import type { Typed } from "./typed";

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
  const code = tell(context, error, json, attempt);
  const next =
    error instanceof Exit
      ? error.next && attempt.typed.command(error.next)
      : code === EXIT.done || error instanceof DeclinedError
        ? undefined
        : nextCommand(error, attempt);
  if (next !== undefined && !json) writeLines(context.stderr, [colorsFor(context.stderr, context.env).bold(`next: ${next}`)]);
  return code;
}

function tell(context: Context, error: unknown, json: boolean, { environment, typed }: Attempt): number {
  if (error instanceof Exit) return error.code;
  if (error instanceof DeclinedError) {
    writeLines(context.stderr, ["nothing was changed"]);
    return EXIT.interrupted;
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    if (json) printProblems(context, [usageProblem(error.message.replace(/^error: /, ""))], typed);
    return EXIT.badInput;
  }
  if (error instanceof InvalidInputError) {
    const problems = error.problems.map((problem) => (problem.environment === "" ? { ...problem, environment } : problem));
    printProblems(context, problems, json && typed);
    return EXIT.badInput;
  }
  if (error instanceof LockRefusedError && !json) {
    const changes = describeLockChanges(error.changes).map((line) => `    ${line}`);
    writeLines(context.stderr, [...describeProblems(context, error.problems.slice(0, 1)), ...changes]);
    return EXIT.refused;
  }
  if (error instanceof RefusedError) {
    printProblems(context, error.problems, json && typed);
    return EXIT.refused;
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const wayOut = ofTheSystem(error);
  const remedy = wayOut || remedyFor(name);
  if (json) writeJson(context, { problems: [{ environment, path: "", reason: typed.text(message), remedy, severity: "error" }] });
  else if (EXPECTED.has(name) || wayOut !== undefined)
    writeLines(context.stderr, [
      `${colorsFor(context.stderr, context.env).red("error")} ${printable(message)}`,
      ...(wayOut ? [`    ${wayOut}`] : []),
    ]);
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
  // Of the service, which goes by what others may have stopped or changed.
  "DatabaseError",
  "FolderBusyError",
  "GitError",
]);

/** What to do where a file cannot be read or written, by the system's code; nothing the place in our code would explain. */
const OF_THE_SYSTEM: readonly (readonly [codes: RegExp, remedy: string])[] = [
  [/^(ENOSPC|EDQUOT)$/, "free some space there, or have the quota raised, and run the same command again: it goes on from what was done"],
  [/^EROFS$/, "that file system is mounted read-only: mount it for writing, or work in a copy of the project"],
  [/^(EACCES|EPERM)$/, "this user may not: have the file's owner allow it, or run this as that user"],
  [/^(EMFILE|ENFILE)$/, "too many files are open: raise the limit (`ulimit -n`) and run the same command again"],
];

/** The way out of a failure of the system, empty where there is no general one; undefined for any other failure. */
function ofTheSystem(error: unknown): string | undefined {
  if (!(error instanceof Error && "syscall" in error && "path" in error && "code" in error)) return undefined;
  return OF_THE_SYSTEM.find(([codes]) => codes.test(String(error.code)))?.[1] ?? "";
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
function printProblems(context: Context, problems: readonly Problem[], json: Typed | false): void {
  if (json) writeJson(context, { problems: problems.map((problem) => ({ ...problem, remedy: json.text(problem.remedy) })) });
  else writeLines(context.stderr, describeProblems(context, problems));
}

/** Problems as lines, the severity coloured; errors last, where a reader's eye is when the command has ended. */
export function describeProblems({ stderr, env, typed }: Context, problems: readonly Problem[]): string[] {
  const colors = colorsFor(stderr, env);
  const errors = problems.filter(({ severity }) => severity === "error");
  return [...problems.filter((problem) => !errors.includes(problem)), ...errors].map((problem) => {
    const said = printable(formatProblem(problem)).replace(/^(error|warning) : /, "$1: ");
    const text = typed?.text(said) ?? said;
    const rest = wrapWords(text, widthOf(stderr), 4).slice(problem.severity.length);
    return (problem.severity === "error" ? colors.red(problem.severity) : colors.yellow(problem.severity)) + rest;
  });
}
