import type { FleetPlan, Wave } from "../plan";
import { type ExportedCluster, variablesOf } from "./cluster";

/* What jobs of both code forges are. */

/** What of a project is looked at for whether its fleet has to be brought up. */
export const PATHS = ["environments/**", "Pulumi.yaml", "package.json", "package-lock.json"] as const;

/** What has to outlive a job: host keys, facts of hosts, and what is known of operations that broke off. No key and no state is in it. */
export const KEPT = [".kpaas/known_hosts", ".kpaas/pending", ".kpaas/clusters/*/facts"] as const;

/** A fleet as jobs bring it up. */
export interface JobsOf {
  readonly plan: FleetPlan;
  readonly clusters: ReadonlyMap<string, ExportedCluster>;
  readonly backend: string;
  /** Path of the fleet's file in the project; undefined where it is the usual one. */
  readonly file?: string;
}

/** A wave as a job, and what the job waits for. */
export interface WaveJob {
  readonly wave: Wave;
  /** How long what came before bakes. */
  readonly bakeSeconds: number;
  readonly before?: Wave;
}

/** The forge's environment by whose secrets and variables previews run: of a role that may read, and no more. */
export function previewEnvironment(fleet: string): string {
  return `${fleet}-preview`;
}

/** The forge's environment of a wave, which has its secrets and variables, and says who may approve it. */
export function waveEnvironment(fleet: string, wave: string): string {
  return `${fleet}-${jobName(wave)}`;
}

/** What a wave's job is called, which is no word of the forge's own. */
export function jobName(wave: string): string {
  return `wave-${wave}`;
}

/** What is typed to run kpaas in a project that has it installed. */
export function kpaas(typed: readonly string[]): string {
  return ["npx", "--no-install", "kpaas", ...typed].join(" ");
}

/** The waves that have clusters, in their order. */
export function waveJobs({ waves }: FleetPlan): WaveJob[] {
  const some = waves.filter(({ clusters }) => clusters.length > 0);
  return some.map((wave, index) => {
    const before = some[index - 1];
    return { wave, bakeSeconds: before?.bakeSeconds ?? 0, ...(before === undefined ? {} : { before }) };
  });
}

/** What is typed in jobs. */
export function words({ file }: Pick<JobsOf, "file">) {
  const own = file === undefined ? [] : [file];
  return {
    preview: ["fleet", "preview", ...own, "--save", "preview.json", "--markdown"],
    /** A preview that shows what is refused is shown too; it is not kept, and its command ends with 3. */
    look: ["fleet", "preview", ...own, "--markdown"],
    up: (wave: string) => ["fleet", "up", ...own, "--plan", "preview.json", "--wave", wave, "--yes", "--report", "report.md"],
  };
}

/** Names of the environment variables that jobs are given as secrets: what files name, what backend and passphrase ask for, and logins without tokens. */
export function secretsOf({ clusters, backend }: Pick<JobsOf, "clusters" | "backend">): string[] {
  const all = [...clusters.values()];
  const passphrase = all.some(({ stacks }) => stacks.some(({ secretsProvider = "passphrase" }) => secretsProvider === "passphrase"));
  return [
    ...new Set([
      ...all.flatMap((cluster) => [...variablesOf(cluster), ...(cluster.login?.secrets ?? [])]),
      ...(passphrase ? ["PULUMI_CONFIG_PASSPHRASE"] : []),
      ...(/^https?:/.test(backend) ? ["PULUMI_ACCESS_TOKEN"] : []),
      ...(backend.startsWith("postgres:") ? ["PGPASSWORD"] : []),
    ]),
  ].sort();
}

/** The clusters of each cloud that are logged in to in another way than by secrets, one of each. */
export function loginsOf(clusters: ReadonlyMap<string, ExportedCluster>): ExportedCluster[] {
  const found = new Map<string, ExportedCluster>();
  for (const cluster of clusters.values())
    if (cluster.login !== undefined && !found.has(cluster.provider)) found.set(cluster.provider, cluster);
  return [...found.values()];
}
