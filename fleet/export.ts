import { join, relative } from "node:path";
import { stringify } from "yaml";
import { projectBackend } from "../engine/stack-config";
import type { LoadedFleet } from "../files/load-fleet";
import { makeFolder, namesIn, readIfThere, removeIfStill, writeWhole } from "../host/files";
import type { ExportedCluster } from "../model/fleet/export/cluster";
import { githubWorkflows } from "../model/fleet/export/github";
import { gitlabJobs } from "../model/fleet/export/gitlab";
import type { JobsOf } from "../model/fleet/export/jobs";
import { operatorFiles } from "../model/fleet/export/operator";
import { NAMESPACE } from "../model/fleet/export/operator-stack";
import { inexpressible, unkeepable, unworkable, unworkableInJobs } from "../model/fleet/export/problems";
import { clusterNames, type FleetPlan } from "../model/fleet/plan";
import type { FleetFile } from "../model/fleet/schema";
import type { Via } from "../model/fleet/via";
import { InvalidInputError, type Problem, RefusedError } from "../model/problems";
import { hasProject, loadExported } from "./exported";
import { type Loaded, readFleet } from "./request";

/** What is written for whom. */
export interface ExportRequest {
  readonly file: string | undefined;
  readonly root: string;
  readonly via: Via;
  /** Where to. */
  readonly folder: string;
  /** What the operator fetches of the repository. */
  readonly commit?: string;
  /** Nothing is written: it is told what would be. */
  readonly check: boolean;
}

/** What an export has written, or would. */
export interface Exported {
  readonly fleet: string;
  readonly via: Via;
  /** Names of files, each in one of these. */
  readonly same: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Content by the name of its file. */
export type ExportedFiles = ReadonlyMap<string, string>;

/**
 * Writes a fleet down for whoever else brings its clusters up. The same fleet gives the same files; of others in the folder, those that an earlier
 * export wrote of this fleet and that are none any more are deleted, and no others are touched.
 * @throws InvalidInputError, and RefusedError for what cannot be said or cannot work there
 */
export function exportFleet(request: ExportRequest): Exported {
  const loaded = readFleet(request);
  const { fleet } = loaded.plan;
  const { folder, via } = request;
  const mark = markOf(fleet, via);
  const files = filesFor(request, loaded);
  const there = new Map(filesIn(folder).map((name) => [name, readIfThere(join(folder, name)) ?? ""]));
  const names = [...files.keys()];
  const changed = names.filter((name) => there.get(name) !== files.get(name));
  const removed = [...there.keys()].filter((name) => !files.has(name) && there.get(name)?.startsWith(mark)).sort();
  const others = changed.filter((name) => there.has(name) && there.get(name)?.startsWith(mark) === false);
  if (others.length > 0)
    throw new RefusedError(
      others.map((name) =>
        problem(fleet, name, "is there already, and no export of this fleet wrote it", "choose another folder, or move it"),
      ),
    );
  if (!request.check) {
    makeFolder(folder);
    for (const name of changed) writeWhole(join(folder, name), files.get(name) ?? "");
    for (const name of removed) removeIfStill(join(folder, name), there.get(name) ?? "");
  }
  return { fleet, via, same: names.filter((name) => !changed.includes(name)), changed, removed };
}

/** What may be an export's own. */
function filesIn(folder: string): string[] {
  return namesIn(folder).filter((name) => /\.ya?ml$/.test(name));
}

/** With what every file of an export begins. */
function markOf(fleet: string, via: Via): string {
  return `# Written by \`kpaas fleet export --via ${via}\` for the fleet ${fleet}; it writes it anew.\n`;
}

function filesFor(request: ExportRequest, loaded: Loaded): ExportedFiles {
  const mark = markOf(loaded.plan.fleet, request.via);
  const written = WRITERS[request.via](request, loaded);
  return new Map([...written].map(([name, documents]) => [name, `${mark}${documents.map(textOf).join("---\n")}`]));
}

/** As YAML; the version of an action stands behind its commit, as a comment. */
function textOf(document: object): string {
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }).replace(
    /^( *(?:- )?uses: \S+@[0-9a-f]{40})#(v\S+)$/gm,
    "$1 # $2",
  );
}

const WRITERS: Readonly<Record<Via, (request: ExportRequest, loaded: Loaded) => ReadonlyMap<string, readonly object[]>>> = {
  operator: operatorExport,
  github: githubExport,
  gitlab: gitlabExport,
};

function operatorExport({ root, folder, check, commit = check ? writtenCommit(folder) : undefined }: ExportRequest, loaded: Loaded) {
  const { plan, fields } = loaded;
  const operator = settingsOf("operator", loaded);
  if (commit === undefined)
    throw new InvalidInputError([
      problem(
        plan.fleet,
        "--commit",
        "is not given: Stacks of a branch would not wait for each other",
        "give the commit: `--commit $(git rev-parse HEAD)`",
      ),
    ]);
  const { clusters, backend, problems } = exportedClusters(loaded, root);
  refuse([...inexpressible(plan, fields), ...problems]);
  const settings = { ...operator, namespace: operator.namespace ?? NAMESPACE, backend, commit };
  return new Map(operatorFiles(plan, clusters, settings).map(({ name, resources }) => [name, resources]));
}

function githubExport({ root }: ExportRequest, loaded: Loaded) {
  return each(githubWorkflows(jobsOf(loaded, root, "github"), settingsOf("github", loaded)));
}

function gitlabExport({ root, folder }: ExportRequest, loaded: Loaded) {
  const below = relative(root, folder);
  const outside = below.startsWith("..")
    ? [problem(loaded.plan.fleet, folder, "is outside the project", "choose a folder that is committed with it")]
    : [];
  return each(gitlabJobs(jobsOf(loaded, root, "gitlab", outside), settingsOf("gitlab", loaded), below));
}

function jobsOf(loaded: Loaded, root: string, via: "github" | "gitlab", wrong: readonly Problem[] = []): JobsOf {
  const { plan, fields } = loaded;
  const clusters = clustersOf(plan, root);
  const backend = fields.via?.[via]?.backend ?? projectBackend(root);
  const file = relative(root, loaded.file);
  const ofFile = /^[A-Za-z0-9_][A-Za-z0-9._/-]*$/.test(file)
    ? []
    : [
        problem(
          plan.fleet,
          file,
          "is no path that jobs can name",
          "put it below the project's folder, under a name of letters, digits and . _ -",
        ),
      ];
  refuse([...unkeepable(plan, fields, via), ...unworkableInJobs(plan.fleet, [...clusters.values()], backend, via), ...ofFile], wrong);
  return { plan, clusters, backend: backend ?? "", ...(file === "environments/fleet.yaml" ? {} : { file }) };
}

function settingsOf<V extends Via>(via: V, { fields, plan }: Loaded): NonNullable<NonNullable<FleetFile["via"]>[V]> {
  const settings = fields.via?.[via];
  if (settings !== undefined) return settings as NonNullable<NonNullable<FleetFile["via"]>[V]>;
  const remedy = "write it there (`kpaas schema fleet` has its form)";
  throw new InvalidInputError([problem(plan.fleet, `via.${via}`, "is not in the fleet's file", remedy)]);
}

function each(files: ReadonlyMap<string, object>): ReadonlyMap<string, readonly object[]> {
  return new Map([...files].map(([name, content]) => [name, [content]]));
}

/** @param wrong what is wrong with the command itself */
function refuse(problems: readonly Problem[], wrong: readonly Problem[] = []): void {
  if (wrong.length > 0) throw new InvalidInputError([...wrong, ...problems]);
  if (problems.length > 0) throw new RefusedError(problems);
}

function clustersOf(plan: FleetPlan, root: string): Map<string, ExportedCluster> {
  return new Map(
    clusterNames(plan).flatMap((name) => {
      const cluster = loadExported(name, root);
      return cluster === undefined ? [] : [[name, cluster] as const];
    }),
  );
}

/** The clusters as workspaces of the operator get them, and what of them cannot work there. */
export function exportedClusters(
  { plan, fields }: Pick<LoadedFleet, "fields"> & { readonly plan: FleetPlan },
  root: string,
): { readonly clusters: ReadonlyMap<string, ExportedCluster>; readonly backend: string; readonly problems: readonly Problem[] } {
  const clusters = clustersOf(plan, root);
  const backend = fields.via?.operator?.backend ?? projectBackend(root);
  return {
    clusters,
    backend: backend ?? "",
    problems: unworkable(plan.fleet, [...clusters.values()], { backend, hasProject: hasProject(root) }),
  };
}

/** The commit of the Stacks that are there: whether they are up to date otherwise is no question of the commit that looks. */
function writtenCommit(folder: string): string | undefined {
  for (const name of filesIn(folder)) {
    const [, found] = /^ {2}commit: "?([0-9a-f]{40})"?$/m.exec(readIfThere(join(folder, name)) ?? "") ?? [];
    if (found !== undefined) return found;
  }
  return undefined;
}

function problem(environment: string, path: string, reason: string, remedy: string): Problem {
  return { environment, path, reason, remedy, severity: "error" };
}
