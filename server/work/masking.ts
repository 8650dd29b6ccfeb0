import { fields, parsedJson } from "../../model/data";
import type { Ended } from "../../model/fleet/records";
import type { Runner } from "./types";

/** Shorter ones are words that stand for nothing. */
const SHORTEST = 6;
const MASK = "[secret]";

/** A runner that lets no secret out by what its commands say. */
export function masking(runner: Runner, secrets: readonly string[]): Runner {
  const hidden = [...new Set(secrets.flatMap((secret) => [secret, ...secret.split("\n")]).map((each) => each.trim()))]
    .filter((each) => each.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  const clean = (text: string) => hidden.reduce((left, each) => left.replaceAll(each, MASK), text);
  const cleanEnd = async (ended: Promise<Ended>): Promise<Ended> => {
    const { reason, ...rest } = await ended;
    return reason === undefined ? rest : { ...rest, reason: clean(reason) };
  };
  return {
    launch: (operation) => cleanEnd(runner.launch(operation)),
    look: (operation) => cleanEnd(runner.look(operation)),
    printed: (operation) => clean(runner.printed(operation)),
    said: (operation, from) => {
      const { lines, to, rest } = runner.said(operation, from);
      return { lines: clean(lines), to, rest: clean(rest) };
    },
  };
}

/** What of a command's variables nobody is told; of a key in JSON its own lines too. */
export function secretsIn(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    if (!/PASSWORD|SECRET|KEY|TOKEN|CREDENTIALS/.test(name)) return [];
    const { private_key: key } = fields(parsedJson(value));
    return typeof key === "string" ? [value, key, JSON.stringify(key).slice(1, -1)] : [value];
  });
}
