import { makeFolder } from "../../host/files";
import type { Artefact } from "../../model/airgap/bundle";
import { missingIn } from "../../model/airgap/bundle";
import { type AirGapEntry, chartsPath, keyOf, kubesprayPath } from "../../model/airgap/entries";
import { InvalidInputError } from "../../model/problems";
import { Registry, type RegistryOptions } from "../../reach/registry/registry";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import { BundleFolder } from "./folder";
import { pushTree } from "./images";
import { layOut, mirrorVariables, writePythonIndex, writeVariables } from "./layout";
import { type AirGapRequest, listPulled, type Pulled } from "./list";
import { inParallel } from "./pool";
import { aboutArtefacts } from "./told";

/** What is pushed where. */
export interface PushChoice extends Pick<RegistryOptions, "login" | "pauseMs"> {
  /** The bundle's folder. */
  readonly from: string;
  /** The registry. @default `cluster.airGap.registry` */
  readonly registry?: string | undefined;
  /** The folder that the web server of files shows; undefined: no files are laid out. */
  readonly files?: string | undefined;
  readonly parallel: number;
}

/** What came of a push. */
export interface Pushed {
  readonly environments: readonly string[];
  readonly registry: string;
  readonly files?: string;
  /** How many things were put, and how many were there. */
  readonly pushed: number;
  readonly there: number;
  readonly failed: readonly { readonly artefact: Artefact; readonly reason: string }[];
  /** Fields of environments' files that do not name the mirrors yet, by environment and path, with what they are to say. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What the programs that kpaas runs are told, where it reaches no internet itself; none without files. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Puts images and charts into a registry and lays files out for a web server. What is there already is left alone, so the same call goes on
 * where one was broken off.
 * @throws InvalidInputError where the bundle lacks something, or where the file names no mirrors
 */
export async function push(request: AirGapRequest, choice: PushChoice, operator: Operator, doors = DOORS): Promise<Pushed> {
  const pulled = await listPulled(request, operator, doors);
  const folder = BundleFolder.open(choice.from);
  const names = pulled.map(({ plan }) => plan.environment);
  const hosts = new Set(pulled.map(({ plan }) => choice.registry ?? plan.airGap?.registry));
  const [registry] = hosts;
  const problems = pulled.flatMap((each) => problemsOf(each, folder));
  if (registry === undefined || hosts.size > 1)
    problems.push(
      problem(
        names.join(", "),
        "--registry",
        registry === undefined ? "no registry is named, neither here nor in the file" : "the environments have several registries",
        registry === undefined
          ? "add --registry HOST, or write cluster.airGap.registry into the file"
          : "push one environment after the other",
      ),
    );
  if (registry === undefined || problems.length > 0) throw new InvalidInputError(problems);
  const wanted = new Set(pulled.flatMap(({ entries }) => entries.map(keyOf)));
  const artefacts = folder.bundle.artefacts.filter(
    ({ key, goes }) => wanted.has(key) && (goes === "registry" || choice.files !== undefined),
  );
  const job = { kind: "airgap push", environment: names.join(", "), sandbox: false } as const;
  let put = 0;
  const failures = await operator.run(job, async ({ signal, onProgress }) => {
    const at = new Registry(registry, { signal, ...(choice.login ? { login: choice.login } : {}), pauseMs: choice.pauseMs });
    const told = aboutArtefacts("push", onProgress);
    return await inParallel(artefacts, choice.parallel, signal, (artefact) =>
      told(artefact, async () => {
        if (await putOne(artefact, at, folder, choice.files)) put += 1;
      }),
    );
  });
  const url = pulled[0]?.plan.airGap?.files;
  if (choice.files !== undefined) {
    makeFolder(choice.files);
    writePythonIndex(
      artefacts.filter(({ kind }) => kind === "python"),
      choice.files,
    );
    if (url !== undefined) writeVariables(url, choice.files);
  }
  return {
    ...{ environments: names, registry, ...(choice.files === undefined ? {} : { files: choice.files }) },
    ...{ pushed: put, there: artefacts.length - put - failures.length },
    failed: failures.map(({ item, error }) => ({ artefact: item, reason: error.message })),
    fields: Object.fromEntries(pulled.map((each) => [each.plan.environment, fieldsOf(each, registry, choice.files)])),
    variables: choice.files === undefined || url === undefined ? {} : mirrorVariables(url),
  };
}

async function putOne(artefact: Artefact, registry: Registry, folder: BundleFolder, files: string | undefined): Promise<boolean> {
  const { goes, path, digest, mediaType = "" } = artefact;
  if (goes === "files") return files !== undefined && (await layOut(artefact, folder.blobs, files));
  const colon = path.lastIndexOf(":");
  const place = { path: path.slice(0, colon), tag: path.slice(colon + 1) };
  return await pushTree({ digest, mediaType }, place, { registry, blobs: folder.blobs });
}

/** What a push of an environment cannot do without. */
function problemsOf({ plan, entries }: Pulled, folder: BundleFolder): ReturnType<typeof problem>[] {
  const remedy = "fetch it where there is internet: `kpaas airgap bundle`, into the same folder";
  return missingIn(folder.bundle, entries).map(({ kind, name, version, source }) =>
    problem(plan.environment, "", `the bundle in ${folder.path} has no ${kind} ${name} ${version} (${source})`, remedy),
  );
}

function problem(environment: string, path: string, reason: string, remedy: string) {
  return { environment, path, reason, remedy, severity: "error" as const };
}

/** The fields that are not yet as the mirrors are. */
function fieldsOf({ plan, entries }: Pulled, registry: string, files: string | undefined): Record<string, string> {
  const hasCharts = entries.some(({ kind }: AirGapEntry) => kind === "chart");
  return {
    ...(plan.airGap === undefined ? { "cluster.airGap.registry": registry, "cluster.airGap.files": "https://HOST" } : {}),
    ...(plan.airGap?.charts === undefined && hasCharts ? { "cluster.airGap.charts": chartsPath(plan) } : {}),
    ...(plan.kubesprayFrom === undefined && files !== undefined
      ? { "cluster.kubespray.source": `${files}/${kubesprayPath(plan.cluster.kubespray)}` }
      : {}),
  };
}
