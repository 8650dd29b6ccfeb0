import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PRIVATE, parseFile, readIfThere, writeWhole } from "../host/files";
import { makeOwnFolder } from "../host/own-folder";
import { refuseNewer } from "../model/formats";
import { RefusedError } from "../model/problems";
import type { EngineTarget } from "./types";

/*
 * The engine changes a stack's secrets provider in three steps: the configuration names the new one, its secrets are encrypted anew, the state
 * is. Cut off in between there is no way back by itself: the configuration has lost what the former secrets in it were encrypted with. So what
 * it was is kept beside the state until all stacks of the environment are through.
 */

const changeSchema = z.object({
  /** The provider that is changed to. */
  to: z.string(),
  /** By stack: the text of its configuration before (null: there was none), the provider that it named, and the key of its state. */
  stacks: z.record(z.string(), z.object({ config: z.string().nullable(), provider: z.string().nullable(), key: z.string().nullable() })),
});

/** A change of an environment's secrets provider that was begun and has not ended. */
export type HalfChanged = z.infer<typeof changeSchema>;

/** Whose change it is. */
type Whose = Pick<EngineTarget, "root" | "sandbox"> & { readonly plan: Pick<EngineTarget["plan"], "environment"> };

const pathOf = ({ root, plan, sandbox }: Whose): string =>
  join(root, ".kpaas", "pending", `${sandbox ? "sandbox-" : ""}${plan.environment}.secrets.json`);

/** The change that was begun; undefined where none was. @throws Error where half of what was kept is lost, RefusedError of a later version's */
export function halfChanged(whose: Whose): HalfChanged | undefined {
  const path = pathOf(whose);
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const wayOut = "put the stacks' configurations back from version control, delete this file, and run the same command again";
  const content = parseFile(path, text, wayOut);
  refuseNewer("pending", content, whose.plan.environment);
  return changeSchema.parse(content);
}

/** Keeps a change that begins, until it has ended. */
export function keepHalfChanged(whose: Whose, change: HalfChanged): void {
  makeOwnFolder(whose.root);
  writeWhole(pathOf(whose), JSON.stringify(change), { mode: PRIVATE });
}

/** Called where a change has ended. */
export function forgetHalfChanged(whose: Whose): void {
  rmSync(pathOf(whose), { force: true });
}

/** Refuses what must wait until a change has ended. @throws RefusedError */
export function refuseHalfChanged(whose: Whose): void {
  const begun = halfChanged(whose);
  if (begun === undefined) return;
  const { environment } = whose.plan;
  const reason = `the change of its secrets provider to ${begun.to} was broken off: states and configurations may name different ones`;
  const remedy = `end it first: \`kpaas state secrets ${environment} --provider ${begun.to}\``;
  throw new RefusedError([{ environment, path: "", reason, remedy, severity: "error" }]);
}
