import type { FleetPlan } from "./plan";

/** One thing that is done with a cluster, each by a process of its own. A run has no `loss`, no `drift` and no `refresh`: those only look, or record. */
export type Step = "preview" | "backup" | "upgrade" | "rotate" | "up" | "health" | "destroy" | "loss" | "drift" | "refresh";

/** What is done with each cluster of a run. */
export type Work =
  | { readonly operation: "up" | "destroy" }
  | {
      readonly operation: "upgrade";
      /** A version of Kubernetes, or a release of K-PaaS: what `kpaas cluster upgrade` takes. */
      readonly to: string;
      /** Whose data are backed up before. Undefined: nobody's. */
      readonly backup?: {
        readonly clusters: readonly string[];
        /** Path of the certificate that backups are encrypted to. @default what each file says */
        readonly encryptTo?: string;
      };
    }
  | {
      readonly operation: "rotate";
      /** By cluster, the services whose secrets are exchanged. */
      readonly services: Readonly<Record<string, readonly string[]>>;
    };

/** The steps of a cluster, in their order. */
const STEPS: Readonly<Record<Work["operation"], readonly Step[]>> = {
  up: ["preview", "up", "health"],
  destroy: ["destroy"],
  upgrade: ["preview", "backup", "upgrade", "up", "health"],
  rotate: ["preview", "rotate", "health"],
};

/** Those that begin to change a cluster: what was approved shows in no preview of it any more. */
export const CHANGING: ReadonlySet<Step> = new Set(["up", "rotate", "destroy"]);

/** Those that take what was approved. */
const APPROVED: ReadonlySet<Step> = new Set(["preview", "up", "rotate"]);

/** The steps of a cluster in a run. */
export function stepsOf({ plan: { health }, ...work }: Work & { readonly plan: Pick<FleetPlan, "health"> }, cluster: string): Step[] {
  const isBackedUp = work.operation === "upgrade" && work.backup?.clusters.includes(cluster) === true;
  const has: Partial<Record<Step, boolean>> = { backup: isBackedUp, health: Object.keys(health).length > 0 };
  return STEPS[work.operation].filter((step) => has[step] ?? true);
}

/** What is typed for a step of a cluster behind `kpaas`: what a person would type, in the order in which they would. */
export function wordsOf(
  step: Step,
  cluster: string,
  work: Work,
  { approvals = [], health = {} }: { readonly approvals?: readonly string[] | undefined; readonly health?: FleetPlan["health"] } = {},
): string[] {
  const approved = APPROVED.has(step) ? approvals.flatMap((each) => ["--approve", each]) : [];
  const looked = step === "health" ? (health.deployments ?? []).flatMap((each) => ["--deployments", each]) : [];
  return [...commandOf(step, cluster, work), ...approved, ...looked];
}

function commandOf(step: Step, cluster: string, work: Work): string[] {
  const to = work.operation === "upgrade" ? ["--to", work.to] : [];
  const services = work.operation === "rotate" ? (work.services[cluster] ?? []).flatMap((each) => ["--service", each]) : [];
  const encryptTo = work.operation === "upgrade" ? work.backup?.encryptTo : undefined;
  switch (step) {
    case "preview":
      return work.operation === "rotate" ? ["rotate", cluster, "--dry-run", ...services] : ["preview", cluster, ...to];
    case "backup":
      return ["backup", cluster, ...(encryptTo === undefined ? [] : ["--encrypt-to", encryptTo])];
    case "upgrade":
      return ["cluster", "upgrade", cluster, ...to, "--yes"];
    case "rotate":
      return ["rotate", cluster, ...services, "--yes"];
    case "health":
      return ["cluster", "health", cluster];
    case "up":
    case "destroy":
    case "refresh":
      return [step, cluster, "--yes"];
    case "loss":
      return ["destroy", cluster, "--dry-run"];
    case "drift":
      return ["refresh", cluster, "--dry-run"];
  }
}

/** What is done, as a title has it. */
export function titleOf(work: Work): string {
  if (work.operation === "upgrade") return `upgrade to ${work.to}`;
  return work.operation === "rotate" ? "exchange of secrets" : work.operation;
}
