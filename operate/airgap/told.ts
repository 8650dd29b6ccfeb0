import type { Progress } from "../../engine/events";
import type { AirGapEntry } from "../../model/airgap/entries";

/** Does something with one of many, and tells when it begins and how it ends. */
type Telling = (entry: Pick<AirGapEntry, "kind" | "name" | "version">, work: () => Promise<void>) => Promise<void>;

/** Tells of what is fetched or pushed, one by one. @param op as people call what is done */
export function aboutArtefacts(op: "fetch" | "push", tell: ((event: Progress) => void) | undefined): Telling {
  return async ({ kind, name, version }, work) => {
    const about = { op, urn: `${kind} ${name} ${version}`, type: kind, name: `${name} ${version}` };
    tell?.({ kind: "resource", status: "start", ...about });
    try {
      await work();
      tell?.({ kind: "resource", status: "done", ...about });
    } catch (error) {
      tell?.({ kind: "resource", status: "failed", ...about });
      throw error;
    }
  };
}
