import { type Artefact, digestOfBundle, missingIn } from "../../model/airgap/bundle";
import type { AirGapEntry } from "../../model/airgap/entries";
import { InvalidInputError } from "../../model/problems";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import { BundleFolder } from "./folder";
import { type AirGapRequest, listPulled } from "./list";
import { inParallel } from "./pool";

/** What is wrong with a bundle. */
export interface Verified {
  readonly folder: string;
  readonly digest: string;
  readonly artefacts: number;
  /** In bytes, as far as it is whole. */
  readonly size: number;
  /** What is not as it was fetched, each with the blob that is at fault. */
  readonly damaged: readonly { readonly artefact: Artefact; readonly blob: string; readonly reason: string }[];
  /** By environment, what it pulls and the bundle has not. */
  readonly missing: Readonly<Record<string, readonly Pick<AirGapEntry, "kind" | "name" | "version" | "source">[]>>;
}

/** How many files are read at once. */
const AT_ONCE = 2;

/**
 * Reads every byte of a bundle, takes away what is not what it was, so that the next bundle fetches it anew, and compares it with what environments pull: with those that are named, as their files are now, else with what
 * those that it was made for pulled then.
 * @param expected the digest that was told where the bundle was made
 * @throws InvalidInputError where there is no bundle, or another one than expected
 */
export async function verify(
  { folder: path, expected }: { readonly folder: string; readonly expected?: string | undefined },
  request: AirGapRequest,
  operator: Operator,
  doors = DOORS,
): Promise<Verified> {
  const pulled = await listPulled(request, operator, doors);
  const folder = BundleFolder.open(path);
  const { bundle } = folder;
  const digest = digestOfBundle(bundle);
  if (expected !== undefined && expected !== digest)
    throw new InvalidInputError([
      {
        ...{ environment: path, path: "--digest", value: expected, severity: "error" },
        reason: `the bundle is another one: its digest is ${digest}`,
        remedy: "bring the bundle over anew, or see which one is meant",
      },
    ]);
  const blobs = [...new Map(bundle.artefacts.flatMap((each) => each.blobs.map((blob) => [blob.digest, blob] as const))).values()];
  const wrong = new Map<string, string>();
  let size = 0;
  await operator.run({ kind: "read", environment: path, sandbox: false }, ({ signal }) =>
    inParallel(blobs, AT_ONCE, signal, async (blob) => {
      if (folder.blobs.sizeOf(blob.digest) === undefined) wrong.set(blob.digest, "is not there");
      else {
        const real = await folder.blobs.read(blob.digest).catch((error: unknown) => (error instanceof Error ? error : new Error("?")));
        if (real instanceof Error) wrong.set(blob.digest, `cannot be read: ${real.message}`);
        else if (real.digest !== blob.digest) {
          wrong.set(blob.digest, `is something else: it has the digest ${real.digest}`);
          folder.blobs.drop(blob.digest);
        } else size += real.size;
      }
    }),
  );
  const damaged = bundle.artefacts.flatMap((artefact) =>
    artefact.blobs.flatMap(({ digest: blob }) => {
      const reason = wrong.get(blob);
      return reason === undefined ? [] : [{ artefact, blob, reason }];
    }),
  );
  const kept = new Set(bundle.artefacts.map(({ key }) => key));
  const asBundled = Object.entries(bundle.environments).map(
    ([name, keys]) => [name, keys.filter((key) => !kept.has(key)).map(ofKey)] as const,
  );
  const asPlanned = pulled.map(({ plan, entries }) => [plan.environment, missingIn(bundle, entries)] as const);
  const missing = Object.fromEntries(request.references.length === 0 ? asBundled : asPlanned);
  return { folder: path, digest, artefacts: bundle.artefacts.length, size, damaged, missing };
}

/** What a key says of what it is of: a source holds no blank. */
function ofKey(key: string): Pick<AirGapEntry, "kind" | "name" | "version" | "source"> {
  const [kind = "", source = "", name = "", version = ""] = key.split(" ");
  return { kind: kind as AirGapEntry["kind"], source, name, version };
}
