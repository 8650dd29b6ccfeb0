import type { Progress } from "../../engine/events";
import type { AirGapEntry } from "../../model/airgap/entries";

/** Tells of what is fetched or pushed, one by one. */
export function aboutArtefacts(tell: ((event: Progress) => void) | undefined): (entry: Pick<AirGapEntry, "kind" | "name" | "version">) => {
  done(): void;
} {
  return ({ kind, name, version }) => {
    const about = { op: "run", urn: `${kind} ${name} ${version}`, type: kind, name: `${name} ${version}` } as const;
    tell?.({ kind: "resource", status: "start", ...about });
    return { done: () => tell?.({ kind: "resource", status: "done", ...about }) };
  };
}
