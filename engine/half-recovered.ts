import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PRIVATE, parseFile, readIfThere, writeWhole } from "../host/files";
import { makeOwnFolder } from "../host/own-folder";
import { fingerprintOf } from "../model/canonical";
import { refuseNewer } from "../model/formats";
import { RefusedError } from "../model/problems";
import type { State } from "./state/state";
import type { EngineTarget } from "./types";

/*
 * The states that a recovery has found are put in place one after the other. Cut off in between, an `up` would make a second time what the
 * others describe: so what is to be in place is written down until all of it is.
 */

const recoverySchema = z.object({
  /** By stack, what it is to hold. */
  stacks: z.record(z.string(), z.string()),
});

/** A stack, and what it holds. */
interface HeldStack {
  readonly stack: string;
  readonly state: Pick<State, "deployment">;
}

/** Whose recovery it is. */
type Whose = Pick<EngineTarget, "root" | "sandbox"> & { readonly plan: Pick<EngineTarget["plan"], "environment"> };

const pathOf = ({ root, plan, sandbox }: Whose): string =>
  join(root, ".kpaas", "pending", `${sandbox ? "sandbox-" : ""}${plan.environment}.recover.json`);

/** What a stack holds, whatever the engine writes around it. */
const contentOf = ({ state }: HeldStack): string =>
  fingerprintOf((state.deployment.resources ?? []).map(({ urn, id = "" }) => `${urn} ${id}`).sort());

function halfRecovered(whose: Whose): z.infer<typeof recoverySchema> | undefined {
  const path = pathOf(whose);
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const content = parseFile(path, text, "look which states there are by `kpaas state list`, then delete this file");
  refuseNewer("pending", content, whose.plan.environment);
  return recoverySchema.parse(content);
}

/** Whether what a stack holds was put there by a recovery that was broken off. */
export function wasRecovering(whose: Whose, stored: HeldStack): boolean {
  return halfRecovered(whose)?.stacks[stored.stack] === contentOf(stored);
}

/** Keeps what is to be in place, until all of it is. */
export function keepHalfRecovered(whose: Whose, states: readonly HeldStack[]): void {
  makeOwnFolder(whose.root);
  const stacks = Object.fromEntries(states.map((one) => [one.stack, contentOf(one)]));
  writeWhole(pathOf(whose), JSON.stringify({ stacks }), { mode: PRIVATE });
}

/** Called where all states are in place, of a recovery or of a backup in their stead. */
export function forgetHalfRecovered(whose: Whose): void {
  rmSync(pathOf(whose), { force: true });
}

/** Refuses what must wait until all that was found is in place. @throws RefusedError */
export function refuseHalfRecovered(whose: Whose): void {
  if (halfRecovered(whose) === undefined) return;
  const { environment } = whose.plan;
  const reason = "the recovery of its state was broken off while it was put in place: what no state knows yet would be made a second time";
  const remedy = `end it first: \`kpaas state recover ${environment}\` as before, or \`kpaas state restore ${environment}\``;
  throw new RefusedError([{ environment, path: "", reason, remedy, severity: "error" }]);
}
