import { sameValue } from "../../model/cluster/variables";
import { reveal } from "../kubespray/values";
import type { Call, DiffKind, DiffResult, Properties } from "../rpc/provider";
import { AnswerLostError, HarborRefusedError, NothingMadeError } from "./call";

/** What differs between what is recorded and what is wanted. A change of what `identity` names makes another one. */
export function differences(
  olds: Properties,
  news: Properties,
  { identity, changeable }: { readonly identity: readonly string[]; readonly changeable: readonly string[] },
  ignored: readonly string[],
): DiffResult {
  const changes: Record<string, DiffKind> = {};
  for (const name of [...identity, ...changeable]) {
    if (ignored.includes(name) || sameValue(reveal(olds[name]), reveal(news[name]))) continue;
    const kind = olds[name] === undefined ? "add" : news[name] === undefined ? "delete" : "update";
    changes[name] = identity.includes(name) ? `${kind}-replace` : kind;
  }
  return { changes };
}

/**
 * Makes something of which there can be one by its name, and looks first: whoever finds it there has not made it. Where the answer is lost, it
 * looks again.
 * @param find gives what is there by its name
 * @param other the words for one that another has made
 * @throws NothingMadeError for one that another has made, or where that cannot be found out
 */
export async function makeOne<T>(
  call: Pick<Call, "log">,
  find: () => Promise<T | undefined>,
  make: () => Promise<void>,
  other: string,
): Promise<T> {
  const there = await find().catch(async (error: unknown) => {
    if (error instanceof NothingMadeError || (error instanceof HarborRefusedError && error.status < 500)) throw error;
    await call.log("warning", error instanceof Error ? error.message : String(error));
    // In words that say for certain that nothing was made: else what another has made would be taken for this, later.
    throw new NothingMadeError("nothing was made, since Harbor must be asked first what it has", { cause: error });
  });
  if (there !== undefined) throw new NothingMadeError(other);
  for (;;) {
    try {
      await make();
    } catch (error) {
      if (!(error instanceof AnswerLostError)) throw error;
      const made = await find();
      if (made !== undefined) return made;
      continue;
    }
    const made = await find();
    if (made === undefined) throw new Error("Harbor says that it has made it, and does not have it");
    return made;
  }
}
