import { resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { OperationFailedError } from "../engine/errors";
import { PRIVATE, readIfThere, writeWhole } from "../host/files";
import { type FoundKubeconfig, kubeconfigOf } from "../operate/kubeconfigs";
import { type Context, writeJson, writeLines } from "./context";
import { mergeInto, mergeKubeconfigs } from "./kubeconfig";
import { requestOf } from "./operation";
import { operatorOf } from "./operator";

/** The options of the commands that print kubeconfigs. */
export interface KubeconfigFlags {
  readonly sandbox?: boolean;
  readonly output?: string;
  readonly json?: boolean;
  /** In seconds. */
  readonly ttl?: number;
  /** Whether these are a token. */
  readonly token?: boolean;
}

/** How long a token lasts where nothing else is said. */
const TOKEN_SECONDS = 3_600;

const UNITS = { m: 60, h: 3_600 } as const;

/** How long credentials are valid that are issued for a kubeconfig. */
export function ttlOption(): Option {
  const option = new Option("--ttl <DURATION>", "credentials issued for this that end after so long (10m to 24h), in place of its own");
  return option.argParser((text) => {
    const [, count = "", unit = "m"] = /^(\d+)([mh])$/.exec(text) ?? [];
    const seconds = Number(count) * UNITS[unit as keyof typeof UNITS];
    // The API signs for no less than ten minutes.
    if (count === "" || seconds < 600 || seconds > 24 * 3_600) throw new InvalidArgumentError("It must be from 10m to 24h, such as 1h.");
    return seconds;
  });
}

/** The kubeconfigs of environments, one after another; all that have none are told at once. */
export async function findKubeconfigs(context: Context, references: readonly string[], flags: KubeconfigFlags): Promise<FoundKubeconfig[]> {
  const by = flags.token ? "token" : "certificate";
  const operator = operatorOf(context);
  const found: FoundKubeconfig[] = [];
  const notUp: OperationFailedError[] = [];
  for (const reference of references) {
    try {
      found.push(
        await kubeconfigOf(
          await requestOf(context, reference, flags),
          flags.ttl ?? (flags.token ? TOKEN_SECONDS : undefined),
          operator,
          context.modules,
          by,
        ),
      );
    } catch (error) {
      if (!(error instanceof OperationFailedError)) throw error;
      notUp.push(error);
    }
  }
  if (notUp.length > 1) throw new OperationFailedError(notUp.map(({ message }) => message).join("\n"));
  if (notUp[0] !== undefined) throw notUp[0];
  return found;
}

/**
 * Prints kubeconfigs as one, or writes it where it is asked for.
 * @param owner what it is of, where entries of others in the file are to stay
 */
export async function putKubeconfigs(
  context: Context,
  found: readonly FoundKubeconfig[],
  { output, json = false }: KubeconfigFlags,
  owner?: string,
): Promise<void> {
  const { parse, stringify } = await import("yaml");
  for (const { environment, isPrivate } of found)
    if (isPrivate)
      writeLines(context.stderr, [
        `the API of ${environment} is private: keep \`kpaas ssh ${environment} --forward\` running while you use it`,
      ]);
  const file = output === undefined ? undefined : resolve(context.cwd, output);
  const there = file === undefined || owner === undefined ? undefined : readIfThere(file);
  const own = mergeKubeconfigs(found);
  const merged = owner === undefined ? own : mergeInto(there === undefined ? undefined : parse(there), own, owner);
  const text = json ? `${JSON.stringify(merged, undefined, 2)}\n` : stringify(merged, { lineWidth: 0 });
  if (file !== undefined) {
    writeWhole(file, text, { mode: PRIVATE });
    writeLines(context.stderr, [`wrote ${file}`]);
  } else if (json) writeJson(context, merged);
  else context.stdout.write(text);
}
