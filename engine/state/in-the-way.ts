import { nameOf } from "../events";
import { cloudOfResource } from "./clouds";
import type { PendingStack } from "./pending";
import { parseState, type State, type StateResource } from "./state";

/*
 * What others have put on something of ours keeps it from going, and the cloud only says that something does. Ours goes before it.
 */

/** How many are named. */
const NAMED = 10;

/** The resources among these, by URN, that something may keep from being deleted. Pure. */
export function heldResources({ deployment }: State, urns: readonly string[]): StateResource[] {
  return (deployment.resources ?? []).filter(
    ({ type, urn, id }) =>
      cloudOfResource({ type, urn })?.state?.inTheWay?.held[type] !== undefined && urns.includes(urn) && (id ?? "") !== "",
  );
}

/** One line for each thing that keeps one of these resources, by URN, from being deleted, and that is not the state's own. */
export async function findInTheWay(stack: Pick<PendingStack, "exportState" | "ask">, urns: readonly string[]): Promise<string[]> {
  if (heldResources(parseState(await stack.exportState(false)), urns).length === 0) return [];
  const state = parseState(await stack.exportState(true));
  const resources = state.deployment.resources ?? [];
  const own = new Set(resources.map(({ id }) => id));
  const lines = new Map<unknown, string>();
  const { asking } = await import("./lookup.js");
  await asking(
    (program) => stack.ask(program),
    resources,
    async (put) => {
      for (const resource of heldResources(state, urns)) {
        const way = cloudOfResource(resource)?.state?.inTheWay;
        if (way === undefined) continue;
        const { all, held, one, describe } = way;
        const found = await put(resource, { token: all.token, args: () => held[resource.type]?.(resource) ?? {} }, {}, {});
        const others = (found === undefined ? [] : all.ids(found)).filter((id) => !own.has(String(id)) && !lines.has(id));
        for (const id of others.slice(0, NAMED)) {
          const answer = await put(resource, one(id), {}, {});
          const words = answer === undefined ? undefined : describe(answer);
          if (words !== undefined) lines.set(id, `in the way of ${nameOf(resource.urn)}: ${words}`);
        }
      }
    },
  );
  return [...lines.values()];
}
