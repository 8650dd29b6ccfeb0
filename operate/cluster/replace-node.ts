import { machineOf, raiseGeneration, replaceHost } from "../../model/environment/replace-machine";
import { planDigest } from "../../model/guard/approvals";
import { InvalidInputError } from "../../model/problems";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import type { Request } from "../ready";
import { type Edited, editFile } from "./edit";

/** A node that another machine takes the place of, once `up` has run. */
export interface ReplacedNode extends Edited {
  /** Its machine's key. */
  readonly key: string;
  /** The approval that gives the old machine up where it does not answer any more. */
  readonly ifLost: string;
}

/**
 * Has another machine take a node's place: raises its generation in the environment file, or names another host where hosts are there
 * beforehand. Nothing is run.
 * @param key the machine's key, or its node's name
 * @param host the other host's key
 * @throws InvalidInputError, RefusedError, DeclinedError
 */
export async function replaceNode(
  request: Request,
  key: string,
  host: string | undefined,
  operator: Operator,
  doors = DOORS,
): Promise<ReplacedNode> {
  let found = key;
  const edited = await editFile("cluster replace-node", request, operator, doors, ({ loaded, target: { plan } }) => {
    const given = plan.provider === "existing";
    const replacement = given ? replaceHost(loaded.content, plan, key, host) : raiseGeneration(loaded.content, plan, key);
    const environment = loaded.name;
    if ("reason" in replacement) throw new InvalidInputError([{ environment, ...replacement, severity: "error" }]);
    if (!given && host !== undefined) {
      const reason = `machines of ${plan.provider} are built anew, no other host takes their place`;
      throw new InvalidInputError([{ environment, path: "--with", value: host, reason, remedy: "leave --with out", severity: "error" }]);
    }
    found = machineOf(plan, key)?.key ?? key;
    return { edits: replacement.changes };
  });
  return { ...edited, key: found, ifLost: `${found}:lost@${planDigest(edited.target.plan)}` };
}
