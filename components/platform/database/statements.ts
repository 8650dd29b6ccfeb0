import type { batch, core } from "@pulumi/kubernetes/types/input";
import type { ServicePlan } from "../../../model/plan/types";
import { containerSecurityContext, imageOf, placed, podSecurityContext } from "../objects";

/** What is known of a job that runs statements. */
export interface StatementsJob {
  /** What the job is among the service's resources, and what the Secret with its statements is. */
  readonly role: string;
  readonly secretRole: string;
  /** Name of the job, its account and its pods, and the Secret with the statements. */
  readonly workload: string;
  readonly secret: string;
  /** The user of the image. */
  readonly user: number;
  /** What runs them, in the folder of the files. */
  readonly script: (folder: string) => string;
  readonly deadlineSeconds: number;
  /** What its pods find beside the statements, each in the folder of its name. @default nothing */
  readonly beside?: readonly core.v1.Volume[];
}

/** Statements that make what is in a database, one after the other. */
export function tablesSql(tables: readonly string[]): string {
  return tables.map((statement) => `${statement};\n`).join("");
}

/** The password that was made for an account. */
export function passwordOf(user: string, passwords: Readonly<Record<string, string>>): string {
  const password = passwords[user];
  if (password === undefined) throw new Error(`No password was made for the account "${user}".`);
  return password;
}

/**
 * Has a client run the files of statements in a folder. Each `NAME.sql` has its account's settings beside it, `NAME.cnf`.
 * @param client shell that runs `$sql` by the settings `${sql%.sql}.cnf`
 */
export function runStatements(folder: string, client: string): string {
  return `for sql in ${folder}/*.sql; do ${client}; done`;
}

/** The job's pods. It is made anew whenever the statements change. */
export function statementsJob(
  plan: ServicePlan,
  { secret, user, script, deadlineSeconds, beside = [] }: StatementsJob,
  serviceAccountName: string,
  labels: Record<string, string>,
): batch.v1.JobSpec {
  const container: core.v1.Container = {
    name: "schemas",
    image: imageOf(plan, "server"),
    command: ["sh", "-ec", script("/sql")],
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    securityContext: containerSecurityContext(),
    volumeMounts: [{ name: "sql" }, ...beside].map(({ name }) => ({ name, mountPath: `/${String(name)}`, readOnly: true })),
  };
  return {
    backoffLimit: 6,
    activeDeadlineSeconds: deadlineSeconds,
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName,
        automountServiceAccountToken: false,
        restartPolicy: "OnFailure",
        ...placed(plan),
        securityContext: podSecurityContext(user),
        containers: [container],
        volumes: [{ name: "sql", secret: { secretName: secret } }, ...beside],
      },
    },
  };
}
