import { CommanderError } from "commander";
import { InvalidInputError, type Problem, RefusedError } from "../model/problems";
import { commandLine, type Typed, withVerb } from "./typed";

/** A command line that failed. */
export interface Attempt {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  /** The environment it was about, as it was named; empty for none. */
  readonly environment: string;
  /** Its approvals, bound to what they hold for as far as that is known. */
  readonly approvals: readonly string[];
  readonly typed: Typed;
}

/** The command to type after a failure: what mends it, looks closer, or goes on. */
export function nextCommand(error: unknown, attempt: Attempt): string {
  const variable = error instanceof InvalidInputError ? onlyVariable(error.problems) : undefined;
  // Empty, it counts as left out.
  if (variable !== undefined) return `${variable}= ${commandLine(withBound(attempt.argv, attempt.approvals))}`;
  return attempt.typed.command(commandAfter(error, attempt));
}

function commandAfter(error: unknown, { argv, environment, approvals }: Attempt): string {
  const again = commandLine(withBound(argv, approvals));
  // Of those beside it where it is none.
  if (error instanceof CommanderError) return helpOf(argv, error.code === "commander.unknownCommand" ? 1 : 0);
  if (error instanceof InvalidInputError) return afterInput(error.problems, withBound(argv, approvals), environment);
  const sandbox = argv.includes("--sandbox") ? ["--sandbox"] : [];
  if (error instanceof RefusedError) {
    const preview = argv[0] === "fleet" ? ["fleet", "preview"] : ["preview", environment];
    const [verb] = withVerb(argv);
    const at = ["fleet upgrade", "fleet preview", "preview"].includes(verb) ? argv.indexOf("--to") : -1;
    return named(error.problems) ?? commandLine([...preview, ...(at < 0 ? [] : argv.slice(at, at + 2)), ...sandbox]);
  }
  const name = error instanceof Error ? error.name : "";
  switch (name) {
    case "EngineMissingError":
      return "kpaas doctor";
    case "StackMissingError":
      return commandLine(["up", environment, ...sandbox]);
    case "OperationFailedError":
      return nextOf(error) ?? again;
    case "StackBusyError":
    case "InterruptedError":
      return again;
    default:
      return error instanceof Error && "syscall" in error ? again : "kpaas doctor --json";
  }
}

/** Of the command that was meant. @param but how many of the last words that name it are left out */
function helpOf(argv: readonly string[], but = 0): string {
  const [verb] = withVerb(argv);
  const names = verb.startsWith("-") ? [] : verb.split(" ");
  return commandLine([...names.slice(0, names.length - but), "--help"]);
}

/** The words with the approvals that are bound to something; one that is not would count for whatever comes next. */
function withBound(argv: readonly string[], approvals: readonly string[]): string[] {
  const others = argv.filter((word, index) => !/^--approve(=|$)/.test(word) && argv[index - 1] !== "--approve");
  return [...others, ...approvals.filter((text) => text.includes("@")).flatMap((text) => ["--approve", text])];
}

function afterInput(problems: readonly Problem[], argv: readonly string[], environment: string): string {
  const [command = ""] = argv;
  const told = named(problems);
  if (told !== undefined) return told;
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0 && errors.every((problem) => isPriceList(problem.environment, argv))) return commandLine(argv);
  // What was typed is wrong, and no file.
  if (errors.length > 0 && errors.every(({ path }) => path.startsWith("--"))) return helpOf(argv);
  const whole = problems.find(({ path, severity }) => path === "" && severity === "error");
  const option = /^add (--[a-z]+(?: [a-z][a-z0-9-]*(?=:|$))?)/.exec(whole?.remedy ?? "")?.[1];
  if (option !== undefined) return commandLine([...argv, ...option.split(" ")]);
  const meant = /^did you mean "([^"]+)"/.exec(whole?.remedy ?? "")?.[1];
  if (meant !== undefined) return commandLine(argv.map((word) => (word === whole?.environment ? meant : word)));
  if (command === "init") return "kpaas init --help";
  // It tells the problems of the fleet's file too, which no check of environments reads.
  if (command === "fleet") return commandLine(["fleet", "preview", "--offline"]);
  return commandLine(["check", ...(command === "check" ? argv.slice(1) : [environment])]);
}

/** Whether a file is the list of prices that the command line names, which no check of an environment looks at. */
function isPriceList(file: string, argv: readonly string[]): boolean {
  return argv.some((word, index) => word === `--prices=${file}` || (word === file && argv[index - 1] === "--prices"));
}

/** The variable of the shell that all errors are about. */
function onlyVariable(problems: readonly Problem[]): string | undefined {
  const [path, ...others] = new Set(problems.filter(({ severity }) => severity === "error").map((problem) => problem.path));
  return path?.startsWith("KPAAS_") && others.length === 0 ? path : undefined;
}

/** The command a remedy names, of the first error that does. */
function named(problems: readonly Problem[]): string | undefined {
  return problems.filter(({ severity }) => severity === "error").flatMap(({ remedy }) => commandIn(remedy) ?? [])[0];
}

/** What the failure itself says to type, in its own field or in its message. */
function nextOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return "next" in error && typeof error.next === "string" ? error.next : commandIn(error.message);
}

function commandIn(text: string): string | undefined {
  return /`((?:kpaas|npm install) [^`]+)`/.exec(text)?.[1];
}
