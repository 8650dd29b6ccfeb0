import type { PulumiFn } from "@pulumi/pulumi/automation";
import { CommandError, ConcurrentUpdateError, StackNotFoundError } from "@pulumi/pulumi/automation/errors";
import { toldByCluster } from "../model/guard/cluster-dangers";
import { InvalidInputError, RefusedError } from "../model/problems";
import type { Holder } from "./backend";
import { EngineKilledError } from "./command";
import { InterruptedError, OperationFailedError, StackBusyError, StackMissingError } from "./errors";
import { type EventCollector, indent, plain } from "./events";
import { remediesFor } from "./remedies";
import { keptByProtection, saysProtected } from "./state/protection";
import type { EngineTarget, OperationKind, RunOptions, StateJob } from "./types";

/** A program of which one can ask what it threw. */
export interface WatchedProgram {
  readonly program: PulumiFn;
  /** What the program threw; the engine only passes on its text. */
  readonly thrown: () => unknown;
}

/** Watches a program. */
export function watchProgram(program: PulumiFn): WatchedProgram {
  let thrown: unknown;
  return {
    program: async () => {
      try {
        return await program();
      } catch (error) {
        thrown = error;
        throw error;
      }
    },
    thrown: () => thrown,
  };
}

/** What an operation leaves behind that failed. */
interface Told {
  readonly collector: () => EventCollector;
  readonly watched?: WatchedProgram | undefined;
  /** What a person has to look for before the same command goes on. */
  readonly forPerson?: () => readonly string[];
  /** Whether the engine was ended because it got no further. */
  readonly gaveUp?: () => boolean;
}

/** Runs `work` and turns what the engine and the Automation API throw into this folder's errors. */
export async function translateErrors<T>(
  what: OperationKind | "outputs" | StateJob,
  target: EngineTarget,
  options: RunOptions,
  told: Told | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { environment } = target.plan;
  try {
    return await work();
  } catch (error) {
    const thrown = told?.watched?.thrown();
    if (thrown instanceof RefusedError || thrown instanceof InvalidInputError) throw thrown;
    if (error instanceof RefusedError) throw error;
    if (options.signal?.aborted) {
      throw new InterruptedError(`Interrupted: ${what} of ${environment} was cancelled and the engine has ended. Run it again to go on.`);
    }
    if (error instanceof StackNotFoundError) throw new StackMissingError(environment);
    if (error instanceof ConcurrentUpdateError) throw busyError(environment, { who: holderIn(error.message) });
    if (!(error instanceof CommandError)) throw error;
    if (error instanceof EngineKilledError && told?.gaveUp?.() !== true) throw killedError(what, environment, error);
    const collector = told?.collector();
    const refused = [...(collector?.refusals ?? [])].map(([urn, text]) =>
      saysProtected(text) ? [keptByProtection(environment, urn)] : toldByCluster(text, target.plan),
    );
    // Where something else failed too, the failure names all of it.
    if (refused.length > 0 && refused.every((problems) => problems.length > 0)) throw new RefusedError(refused.flat());
    // The engine tells of an error in the program with its stack trace; its text says what matters, the rest is in the cause.
    const own =
      thrown instanceof Error && collector?.hasFailedResources === false && !CUT_OFF.test(thrown.message)
        ? indent(thrown.message)
        : undefined;
    const reason = own ?? collector?.failure ?? errorLines(error.message);
    const forPerson = told?.forPerson?.() ?? [];
    const remedies = remediesFor(reason, target.sandbox, target.plan.provider, forPerson);
    const text = [`${what} of ${environment} failed:`, reason, ...remedies.map((remedy) => remedy.text)].join("\n");
    const look = forPerson.length === 0 ? undefined : `kpaas preview ${environment}${target.sandbox ? " --sandbox" : ""}`;
    const next = remedies.find((remedy) => remedy.next !== undefined)?.next ?? look;
    throw new OperationFailedError(text, { next, ...(thrown === undefined ? {} : { cause: thrown }) });
  }
}

/** What a program says whose calls the engine broke off, because something else had failed: a missing plugin, say. */
const CUT_OFF = /context cancell?ed|\bCANCELLED\b/;

/** What the engine itself could not say any more. */
function killedError(what: string, environment: string, error: EngineKilledError): OperationFailedError {
  const text = [
    `${what} of ${environment} failed:`,
    indent(`the engine ${error.how} before it had ended: ${error.why}`),
    "Run the same command again: it first finds out what was done, and names what nobody but you can tell.",
  ];
  return new OperationFailedError(text.join("\n"), { cause: error });
}

/** Who holds the stack, from the engine's own words. */
export function holderIn(text: string): string {
  const owners = [...text.matchAll(/created by (\S+) \(pid (\d+)\) at (\S+)/g)].map(
    ([, who, pid, since]) => `${who} (process ${pid}) since ${since}`,
  );
  return owners.length === 0 ? "another operation" : owners.join(", ");
}

/** The error for an environment that somebody works on. */
export function busyError(environment: string, { who, file }: Holder): StackBusyError {
  const wayOut = file === undefined ? "run `pulumi cancel` for this stack, on any host" : `delete ${file}`;
  if (who !== undefined)
    return new StackBusyError(
      `Environment ${environment} is being changed by ${who}. Wait for it to end; if it has died${file === undefined ? "" : " on another host"}, ${wayOut}.`,
    );
  return new StackBusyError(
    `The lock on environment ${environment} is torn, as a host that lost its power can leave it: who holds it cannot be read. Make sure that nobody works on it, then ${wayOut}.`,
  );
}

/** The errors in the engine's error stream, for failures that come before any event (no login, wrong passphrase). */
export function errorLines(text: string): string {
  const lines = plain(text).split("\n");
  const first = lines.findIndex((line) => line.startsWith("error:"));
  return indent(
    lines
      .slice(Math.max(0, first))
      .join("\n")
      .replace(/^error: /gm, ""),
  );
}
