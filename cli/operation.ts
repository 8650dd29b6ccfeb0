import { dirname } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { EngineTarget, OperationResult, RunOptions } from "../engine/types";
import type { LoadedEnvironment } from "../files/load";
import { describeLockChanges, lockProblems } from "../files/lock-problems";
import { approvalMistake, bindToPlan } from "../model/guard/approvals";
import { LAYERS, type Layer } from "../model/layers";
import { InvalidInputError, RefusedError } from "../model/problems";
import { describeChanges } from "./changes";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "./context";
import { EXIT } from "./exit";
import { lockNotice } from "./lock";
import { maskSecrets } from "./outputs";
import { withProgress } from "./progress/progress";
import { badUsage, describeProblems, Exit } from "./report";
import { interruptible } from "./signals";
import { commandLine } from "./typed";
import { warningsToShow } from "./warnings";

/** The options `preview`, `up`, `refresh` and `destroy` share. */
export interface OperationFlags {
  readonly sandbox?: boolean;
  readonly yes?: boolean;
  readonly approve?: readonly string[];
  readonly json?: boolean;
  readonly layer?: Layer;
}

/** An environment ready for the engine. */
export interface Prepared {
  readonly loaded: LoadedEnvironment;
  readonly planned: NonNullable<LoadedEnvironment["planned"]>;
  readonly target: EngineTarget;
}

/** An engine operation as the command line calls it. */
export type Operation = (target: EngineTarget, options: RunOptions) => Promise<OperationResult>;

/** Adds the argument and options every engine operation takes. */
export function addOperationOptions(command: Command): Command {
  return command
    .argument("ENV", "name in environments/ or path of a file")
    .option("--sandbox", "use simulated clouds and a state of their own under .kpaas/; needs no account")
    .option("--yes", "do not ask")
    .option("--approve <KEY:ACTION>", "let one dangerous change of this command's plan through; repeatable", approval)
    .addOption(new Option("--layer <L>", "one layer only, where `layers: three`").choices(LAYERS))
    .option("--json", "print the result as JSON");
}

function approval(value: string, before: readonly string[] = []): readonly string[] {
  const mistake = approvalMistake(value);
  if (mistake !== undefined) throw new InvalidArgumentError(mistake);
  return [...before, value];
}

/**
 * Loads an environment and shows its warnings; throws with all problems when it has errors.
 * @param standIn gives a plan in place of one that cannot be made
 */
export async function prepare(
  context: Context,
  reference: string,
  flags: OperationFlags,
  standIn: (loaded: LoadedEnvironment) => Prepared["planned"] | undefined = () => undefined,
): Promise<Prepared> {
  const environments = await context.modules.environments();
  const root = environments.findRoot(context.cwd);
  const loaded = environments.loadEnvironment(reference, root);
  const planned = loaded.planned ?? standIn(loaded);
  if (planned === undefined) throw new InvalidInputError(loaded.problems);
  writeLines(context.stderr, describeProblems(context, loaded.planned ? warningsToShow(root, loaded) : loaded.problems));
  const { plan } = planned;
  if (flags.layer !== undefined && plan.layers === "one") {
    throw badUsage("one stack holds all layers of this environment", "leave --layer out, or set `layers: three` in its file", loaded.name);
  }
  const layer = flags.layer === undefined ? {} : { layer: flags.layer };
  // What is given for this command counts for the plan that it works on, and so it stays when the command has to be repeated.
  const approvals = (flags.approve ?? []).map((text) => bindToPlan(text, plan));
  context.remember?.({ approvals });
  const folder = dirname(loaded.file);
  const target = { plan, root, folder, sandbox: flags.sandbox === true, approvals, ...layer };
  return { loaded, planned, target };
}

/** Refuses to run on a missing or outdated lock, with the difference; in the sandbox the proposed one is used and only told of. */
export function requireLock(context: Context, prepared: Prepared, json: boolean): void {
  const problems = lockProblems(prepared.loaded);
  const [whole] = problems;
  if (whole === undefined) return;
  if (prepared.target.sandbox) {
    writeLines(context.stderr, lockNotice(prepared.loaded));
    return;
  }
  if (json) throw new RefusedError(problems);
  const changes = describeLockChanges(prepared.planned.lockChanges).map((line) => `    ${line}`);
  writeLines(context.stderr, [...describeProblems(context, [whole]), ...changes]);
  throw new Exit(EXIT.refused, commandLine(["lock", prepared.loaded.name]));
}

/**
 * What writes the lock file where it is missing or outdated, once the plan is accepted: a refused plan must leave the lock of what is there.
 */
export async function lockWriter(context: Context, { loaded, planned }: Prepared): Promise<() => void> {
  const { writeLock } = await context.modules.environments();
  return () => {
    if (planned.lockState === "current") return;
    writeLock(loaded);
    writeLines(context.stderr, [`wrote ${loaded.lockFile}`]);
  };
}

/** Runs one engine operation, showing its progress and stopping it in order when interrupted. */
export function execute(
  context: Context,
  title: string,
  prepared: Prepared,
  operation: Operation,
  options: Pick<RunOptions, "onAccepted"> = {},
): Promise<OperationResult> {
  const where = prepared.target.sandbox ? " in the sandbox" : "";
  return interruptible(context, (signals) =>
    withProgress(context, `${title} ${prepared.loaded.name}${where}`, (onProgress) =>
      operation(prepared.target, { ...signals, ...options, onProgress }),
    ),
  );
}

/** The way to ask; exits with 2 where there is nobody to ask. */
export function asker(context: Context, command: string): (question: string) => Promise<string> {
  if (context.ask !== undefined) return context.ask;
  throw badUsage(
    `\`kpaas ${command}\` asks before it changes anything, and there is no terminal to ask on`,
    "add --yes to run it without a question",
  );
}

/** Ends the command when the answer is not the wanted one. */
export function unlessDeclined(context: Context, agreed: boolean): void {
  if (agreed) return;
  writeLines(context.stderr, ["nothing was changed"]);
  throw new Exit(EXIT.interrupted);
}

/** Whether an answer means yes. */
export function isYes(answer: string): boolean {
  return ["y", "yes"].includes(answer.trim().toLowerCase());
}

/** Shows what a preview found, and what the lock file would fix, before a question is asked. */
export function showPreview(context: Context, prepared: Prepared, result: OperationResult): void {
  const colors = colorsFor(context.stderr, context.env);
  const lock = describeLockChanges(prepared.planned.lockChanges);
  writeLines(context.stderr, [
    ...describeChanges(result, "preview", { width: widthOf(context.stderr), colors }),
    ...(lock.length === 0 ? [] : [colors.cyan("Lock file"), ...lock]),
  ]);
}

/** Prints an operation's result as JSON, or the lines that are for people. */
export function printResult(context: Context, result: OperationResult, json: boolean, lines: () => string[]): void {
  if (!json) {
    writeLines(context.stdout, lines());
    return;
  }
  const { environment, changes, steps, seconds, resources, approved } = result;
  writeJson(context, { environment, changes, steps, outputs: maskSecrets(result.outputs), seconds, resources, approved });
}
