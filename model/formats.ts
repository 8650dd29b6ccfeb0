import { isFields } from "./data";
import { type Finding, RefusedError } from "./problems";

/**
 * The data that outlive the version which wrote them, each with the versions of its format: for every one the version of kpaas that brought it.
 * A change that earlier versions would misread adds to the list. From the second version of a format on, the data carry `version` and in `kpaas`
 * the first version that reads them, so that an earlier one can name it; data without `version` are of the first.
 */
export const FORMATS = {
  lock: { what: "the lock", since: ["0.1.0"] },
  applied: { what: "what the stack records of the environment", since: ["0.1.0"] },
  contract: { what: "what a layer's stack hands to the next layer", since: ["0.1.0"] },
  cluster: { what: "what the stack records of the cluster", since: ["0.1.0"] },
  journal: { what: "the journal of runs on the cluster", since: ["0.1.0"] },
  world: { what: "the simulated cloud in .kpaas/sandbox/world", since: ["0.1.0"] },
  bundle: { what: "the bundle of an air gap", since: ["0.1.0"] },
  fleet: { what: "the journal of a fleet's run", since: ["0.1.0"] },
  fleetPreview: { what: "the saved preview of a fleet", since: ["0.1.0"] },
  stateBackup: { what: "the backup of a state", since: ["0.1.0"] },
  pending: { what: "what is kept in .kpaas/pending", since: ["0.1.0"] },
} as const satisfies Readonly<Record<string, { readonly what: string; readonly since: readonly string[] }>>;

export type Format = keyof typeof FORMATS;

/** What is wrong with data that a later version wrote, which this one must neither judge nor overwrite; undefined for all others. */
export function newerData(format: Format, data: unknown): Finding | undefined {
  if (!isFields(data) || typeof data.version !== "number") return undefined;
  const { what, since } = FORMATS[format];
  if (data.version <= since.length) return undefined;
  const { kpaas } = data;
  // It goes into a command line.
  const named = typeof kpaas === "string" && /^\d+\.\d+\.\d+(-[0-9a-z.]+)?$/.test(kpaas);
  return {
    path: format,
    reason: `${what} is of version ${data.version}, from a later kpaas; this one reads up to version ${since.length}`,
    remedy: named
      ? `install kpaas ${kpaas} or later: \`npm install kpaas@${kpaas}\``
      : "install the kpaas that wrote it, or a later one: `npm install kpaas@latest`",
  };
}

/** @throws RefusedError where a later version wrote the data */
export function refuseNewer(format: Format, data: unknown, environment: string): void {
  const newer = newerData(format, data);
  if (newer !== undefined) throw new RefusedError([{ environment, ...newer, severity: "error" }]);
}
