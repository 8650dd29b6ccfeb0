import type { Problem } from "../../problems";
import type { FleetPlan } from "../plan";
import type { FleetFile } from "../schema";
import type { Via } from "../via";
import type { ExportedCluster } from "./cluster";
import { LONGEST_NAME, resourceName } from "./operator-stack";

/* What somebody else cannot do as the fleet's file asks for it: refused, each with the way out. */

const BY_RUNNER = "take it out, or have the runner keep it: `kpaas fleet up --via operator`";

/** What of the waves the operator's resources cannot say. */
export function inexpressible(plan: FleetPlan, file: Pick<FleetFile, "maintenance">): Problem[] {
  const problems: Problem[] = [];
  const refuse = (path: string, reason: string, remedy = BY_RUNNER) =>
    problems.push({ environment: plan.fleet, path, reason, remedy, severity: "error" });
  plan.waves.forEach(({ bakeSeconds, maxConcurrent, maxFailures, approval, maintenance, clusters }, index) => {
    const at = `waves.${index}`;
    if (bakeSeconds > 0) refuse(`${at}.bake`, "a Stack begins as soon as its prerequisites have succeeded: nothing bakes");
    if (maxFailures > 0) refuse(`${at}.maxFailures`, "a Stack waits for each of its prerequisites: none of them may fail");
    if (maxConcurrent !== undefined && maxConcurrent < clusters.length)
      refuse(`${at}.maxConcurrent`, "Stacks that wait for nothing begin together: the operator counts none");
    if (approval) refuse(`${at}.approval`, "a Stack asks nobody");
    if (maintenance !== undefined && maintenance !== file.maintenance)
      refuse(`${at}.maintenance`, "a Stack begins at any hour and on any day");
  });
  if (file.maintenance !== undefined) refuse("maintenance", "a Stack begins at any hour and on any day");
  if (Object.keys(plan.health).length > 0)
    refuse("health", "a Stack has succeeded when its update has: nobody looks whether its cluster is healthy");
  return problems;
}

/** What of the waves jobs of a code forge cannot keep. What is within a wave, its job's runner does. */
export function unkeepable(plan: FleetPlan, file: Pick<FleetFile, "maintenance">, via: "github" | "gitlab"): Problem[] {
  const problems: Problem[] = [];
  const refuse = (path: string, reason: string, remedy = "take it out, or bring the fleet up from a machine: `kpaas fleet up`") =>
    problems.push({ environment: plan.fleet, path, reason, remedy, severity: "error" });
  plan.waves.forEach(({ bakeSeconds, canaries, maintenance }, index) => {
    const at = `waves.${index}`;
    if (canaries > 0 && bakeSeconds > LONGEST_BAKE)
      refuse(
        `${at}.bake`,
        "the wave's job would run while its canaries bake, and jobs end after some hours",
        "bake for 3h at most, or make the canaries a wave",
      );
    if (via === "github" && bakeSeconds % 60 > 0) refuse(`${at}.bake`, "wait timers count whole minutes", "write whole minutes");
    if (bakeSeconds > WAITS[via]) refuse(`${at}.bake`, `is longer than what waits there may be: ${WAITS[via] / 86_400} days`, "write less");
    if (maintenance !== undefined && maintenance !== file.maintenance) refuse(`${at}.maintenance`, NO_WINDOW);
  });
  if (file.maintenance !== undefined) refuse("maintenance", NO_WINDOW);
  return problems;
}

/** In seconds: while a job runs; and the longest wait timer and delayed job. */
const LONGEST_BAKE = 3 * 3_600;
const WAITS = { github: 30 * 86_400, gitlab: 7 * 86_400 } as const;
const NO_WINDOW = "a job that waits for a window runs meanwhile, and jobs end after some hours";

/** What of clusters and backend cannot work in a job of a code forge. */
export function unworkableInJobs(
  fleet: string,
  clusters: readonly ExportedCluster[],
  backend: string | undefined,
  via: "github" | "gitlab",
): Problem[] {
  return [...backendProblems(fleet, backend, via), ...clusters.flatMap((cluster) => ofThisMachine(cluster, "job"))];
}

/** What of clusters and backend cannot work in a workspace of the operator's. */
export function unworkable(
  fleet: string,
  clusters: readonly ExportedCluster[],
  { backend, hasProject }: { readonly backend: string | undefined; readonly hasProject: boolean },
): Problem[] {
  if (!hasProject) {
    const reason = "is not there, and the operator runs Pulumi projects alone";
    return [
      {
        environment: fleet,
        path: "Pulumi.yaml",
        reason,
        remedy: "write one whose `main` is kpaas' program, and commit it",
        severity: "error",
      },
    ];
  }
  return [...backendProblems(fleet, backend, "operator"), ...clusters.flatMap(clusterProblems)];
}

function backendProblems(fleet: string, backend: string | undefined, via: Via): Problem[] {
  const wrong = backendMistake(backend);
  return wrong === undefined ? [] : [{ environment: fleet, path: `via.${via}.backend`, ...wrong, severity: "error" }];
}

interface Mistake {
  readonly reason: string;
  readonly remedy: string;
}

function backendMistake(backend: string | undefined): Mistake | undefined {
  const shared = "name one that all workspaces reach, such as postgres://kpaas@db.example.org/states (docs/state.md)";
  if (backend === undefined) return { reason: "neither it nor `backend.url` of Pulumi.yaml says where states are", remedy: shared };
  if (!URL.canParse(backend)) return { reason: "is no URL", remedy: shared };
  const { protocol, password, searchParams } = new URL(backend);
  if (protocol === "file:") return { reason: "is a folder of one machine, and goes with the workspace there", remedy: shared };
  if (protocol === "mem:") return { reason: "goes with the engine", remedy: shared };
  if (password !== "" || searchParams.has("password"))
    return { reason: "holds a password", remedy: "leave it out; the clusters' Secrets give it as PGPASSWORD" };
  return undefined;
}

function clusterProblems(cluster: ExportedCluster): Problem[] {
  const { name, stacks } = cluster;
  const problems = ofThisMachine(cluster, "workspace");
  const refuse = refuser(name, problems);
  for (const stack of stacks) {
    const { secretsProvider } = stack;
    if (secretsProvider === undefined || secretsProvider === "passphrase")
      refuse(
        `Pulumi.${stack.name}.yaml: secretsprovider`,
        "its secrets are encrypted by a passphrase, which would be in the environment of each workspace",
        `\`kpaas state secrets ${name} --provider P\` for a stack that is there; for a new one \`secretsprovider: P\` in Pulumi.${name}.yaml, P being a key that somebody keeps (docs/state.md)`,
      );
    const resource = resourceName(stack);
    if (resource.length > LONGEST_NAME)
      refuse(
        "name",
        `${resource} is longer than the ${LONGEST_NAME} characters that the operator takes for a Stack`,
        "give it a shorter name",
      );
  }
  return problems;
}

/** What only the machine has from which one exports. */
function ofThisMachine({ name, secrets, usesAgent, kubesprayFrom, isLocked }: ExportedCluster, where: "workspace" | "job"): Problem[] {
  const problems: Problem[] = [];
  const refuse = refuser(name, problems);
  if (!isLocked)
    refuse("", `its lock is not there or is not current, and nobody writes it in a ${where}`, `\`kpaas lock ${name}\`, and commit it`);
  for (const { path, reference } of secrets)
    if ("file" in reference)
      refuse(path, `is in a file of this machine, which a ${where} has not`, "use { env: NAME } or { vault: path#field }");
  if (usesAgent) refuse("infrastructure.access.ssh.agent", `no SSH agent runs in a ${where}`, "use infrastructure.access.ssh.privateKey");
  if (kubesprayFrom !== undefined)
    refuse(
      "cluster.kubespray.source",
      `is outside the project's folder, which is all that a ${where} has`,
      "put it below that, or take it out",
    );
  return problems;
}

function refuser(environment: string, problems: Problem[]) {
  return (path: string, reason: string, remedy: string) => problems.push({ environment, path, reason, remedy, severity: "error" });
}
