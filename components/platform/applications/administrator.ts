import { Job } from "@pulumi/kubernetes/batch/v1/job";
import type { batch } from "@pulumi/kubernetes/types/input";
import { type CustomResourceOptions, interpolate, type Output, type Resource } from "@pulumi/pulumi";
import type { ServicePlan } from "../../../model/plan/types";
import { containerSecurityContext, imageOf, placed, podSecurityContext, resourceRequirements, secretHash } from "../objects";
import type { Application, FirstAdministrator } from "./application";

/** Role of the image that calls programs' own APIs. */
export const CALLER = "curl";

/** The user of the job that does; its image's program asks for none. */
const CALLER_USER = 1000;

/** Where the job finds the passwords: the one in use, and those before it, the known one first. */
const FOLDER = "/passwords";

/** A key of a Secret for each password that an administrator has had, and for the one in use. */
export function passwordFiles(known: string, passwords: readonly Output<string>[]): Record<string, Output<string> | string> {
  const former = passwords.slice(0, -1).map((password, index) => [`former-${index + 1}`, password] as const);
  return { "former-0": known, ...Object.fromEntries(former), current: passwords.at(-1) ?? known };
}

/**
 * Gives a program's administrator the password in use, from whichever of those before it has it: a server that begins anew has the known one, one that
 * was away during an exchange an older one. It bears repetition, and fails where none of them is let in.
 * @param url base of the program
 * @param folder of the files with the passwords
 * @param patience how many times it asks whether the program is there, a few seconds apart
 */
export function exchangeScript({ user, ready, valid, change }: FirstAdministrator, url: string, folder = FOLDER, patience = 120): string {
  const answers = `curl --silent --fail --max-time 10 "$url${ready.path}"`;
  return [
    `url=${url}; user=${user}; current=${folder}/current`,
    // A log-in is read from a file: whoever lists the programs that run sees none.
    `call() { login=$1; shift; printf 'user = "%s:%s"\\n' "$user" "$(cat "$login")" | curl --silent --show-error --max-time 30 --config - "$@"; }`,
    `valid() { ${valid}; }`,
    `change() { ${change}; }`,
    `left=${patience}`,
    `until ${ready.says === undefined ? `${answers} >/dev/null` : `${answers} | grep -q '${ready.says}'`}; do`,
    '  left=$((left - 1)); [ "$left" -gt 0 ] || { echo "$url does not answer" >&2; exit 1; }',
    "  sleep 5",
    "done",
    'if valid "$current"; then exit 0; fi',
    `for former in ${folder}/former-*; do`,
    '  if valid "$former"; then change "$former"; valid "$current"; exit 0; fi',
    "done",
    'echo "none of the passwords known here is that of $user at $url: give it the one of the Secret by hand, and this is done" >&2',
    "exit 1",
  ].join("\n");
}

/** What the job is made with. */
export interface Exchange {
  readonly app: Application & { readonly administrator: FirstAdministrator };
  readonly url: string;
  readonly secretName: string;
  readonly serviceAccountName: string;
  readonly passwords: readonly Output<string>[];
  readonly labels: Record<string, string>;
}

/** The job that exchanges one administrator's password, made anew with each other password. */
export function exchangeJob(
  logicalName: string,
  plan: ServicePlan,
  { app, url, secretName, serviceAccountName, passwords, labels }: Exchange,
  metadata: (name: Output<string>) => batch.v1.Job["metadata"],
  options: CustomResourceOptions,
): Resource {
  const spec: batch.v1.JobSpec = {
    backoffLimit: 3,
    activeDeadlineSeconds: 1800,
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName,
        automountServiceAccountToken: false,
        restartPolicy: "OnFailure",
        ...placed(plan),
        securityContext: podSecurityContext(CALLER_USER),
        containers: [
          {
            name: "exchange",
            image: imageOf(plan, CALLER),
            command: ["sh", "-ec", exchangeScript(app.administrator, url)],
            resources: resourceRequirements(plan.parts?.[CALLER] ?? plan.resources),
            securityContext: containerSecurityContext(),
            volumeMounts: [
              { name: "passwords", mountPath: FOLDER, readOnly: true },
              { name: "tmp", mountPath: "/tmp" },
            ],
          },
        ],
        volumes: [
          { name: "passwords", secret: { secretName } },
          { name: "tmp", emptyDir: { medium: "Memory" } },
        ],
      },
    },
  };
  // A job cannot be changed, so what it is and what it gives are in its name: any change makes another one.
  const name = interpolate`${app.name}-exchange-${secretHash(JSON.stringify(spec), ...passwords)}`;
  return new Job(logicalName, { metadata: metadata(name), spec }, options);
}
