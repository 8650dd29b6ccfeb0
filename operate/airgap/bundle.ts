import { messageOf } from "../../engine/events";
import { makeFolder } from "../../host/files";
import { isOneOf } from "../../model/airgap/bundle";
import { type AirGapEntry, keyOf } from "../../model/airgap/entries";
import type { Making } from "../../plugin/kubespray/ansible/cached";
import type { kubespraySource } from "../../plugin/kubespray/ansible/source";
import type { RegistryOptions } from "../../reach/registry/registry";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import { Fetcher } from "./fetching";
import { BundleFolder } from "./folder";
import { type AirGapRequest, listPulled } from "./list";
import { inParallel } from "./pool";
import { tagsAtHand } from "./tags";
import { aboutArtefacts } from "./told";

/** Where a bundle is made, and how. */
export interface BundleChoice extends Pick<RegistryOptions, "login" | "pauseMs"> {
  /** The folder; what an earlier bundle left there is gone on with. */
  readonly to: string;
  /** How many things are fetched at once. */
  readonly parallel: number;
  /** Gives the folder of a kubespray tag. @default the one that `up` takes too */
  readonly kubespray?: typeof kubespraySource;
}

/** What came of a bundle. */
export interface Bundled {
  readonly folder: string;
  /** Over all that it holds. */
  readonly digest: string;
  readonly environments: readonly string[];
  /** How many things were fetched now, and how many were there. */
  readonly fetched: number;
  readonly there: number;
  /** In bytes, each blob once. */
  readonly size: number;
  readonly failed: readonly { readonly entry: AirGapEntry; readonly reason: string }[];
  /** What comes with the project's own folder. */
  readonly carried: readonly AirGapEntry[];
}

/**
 * Fetches all that environments pull into a folder. What is there and whole is not fetched again, so the same call goes on where one was broken
 * off, and brings a folder up to date.
 * @throws InvalidInputError, an error of the system where the disk is full, InterruptedError
 */
export async function bundle(request: AirGapRequest, choice: BundleChoice, operator: Operator, doors = DOORS): Promise<Bundled> {
  const pulled = await listPulled(request, operator, doors);
  const entries = [...new Map(pulled.flatMap((each) => each.entries).map((entry) => [keyOf(entry), entry])).values()];
  const names = pulled.map(({ plan }) => plan.environment);
  makeFolder(choice.to);
  const job = { kind: "airgap bundle", environment: names.join(", "), sandbox: false } as const;
  return await operator.run(job, ({ signal, onProgress }) =>
    BundleFolder.alone(choice.to, signal, async (folder) => {
      const told = aboutArtefacts("fetch", onProgress);
      const making: Making = { tell: (text) => onProgress?.(messageOf("info", text)), ...(signal ? { signal } : {}) };
      const tagOf = tagsAtHand(making, choice.kubespray);
      const plans = new Map(pulled.flatMap(({ plan, entries }) => entries.map((entry) => [keyOf(entry), plan] as const)));
      const fetcher = new Fetcher({ blobs: folder.blobs, signal, login: choice.login, pauseMs: choice.pauseMs });
      const fetch = (entry: AirGapEntry) => fetcher.fetch(entry, () => tagOf(plans.get(keyOf(entry))!));
      const todo = entries.filter((entry) => entry.goes !== "folder" && !isHeld(folder, entry));
      for (const { plan, entries: own } of pulled) folder.belongs(plan.environment, own.filter(({ goes }) => goes !== "folder").map(keyOf));
      let digest = "";
      try {
        const failures = await inParallel(todo, choice.parallel, signal, (entry) =>
          told(entry, async () => folder.add(keyOf(entry), await fetch(entry))),
        );
        digest = folder.write();
        const carried = entries.filter(({ goes }) => goes === "folder");
        const blobs = new Map(folder.bundle.artefacts.flatMap((each) => each.blobs.map(({ digest, size }) => [digest, size] as const)));
        return {
          ...{ folder: choice.to, digest, environments: names, carried },
          ...{ fetched: todo.length - failures.length, there: entries.length - carried.length - todo.length },
          size: [...blobs.values()].reduce((sum, size) => sum + size, 0),
          failed: failures.map(({ item, error }) => ({ entry: item, reason: error.message })),
        };
      } finally {
        // What was fetched before it broke off is not fetched again.
        if (digest === "") folder.write();
      }
    }),
  );
}

/** Whether all of an entry is there, and still is what it must be. */
function isHeld(folder: BundleFolder, entry: AirGapEntry): boolean {
  return folder.whole(keyOf(entry)).some(({ digest, home }) => isOneOf(entry, home ?? digest));
}
