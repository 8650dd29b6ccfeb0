import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { InterruptedError, OperationFailedError } from "../../engine/errors";
import { messageOf, type Progress } from "../../engine/events";
import type { PodPlace } from "../../model/backup";
import { type BackupScope, backupScope } from "../../model/backup-scope";
import type { ServicePlan } from "../../model/plan/types";
import { InvalidInputError } from "../../model/problems";
import type { ClusterApi } from "../../reach/cluster-api";
import { runInPod } from "../../reach/exec";
import { accountToken } from "../../reach/workloads";
import type { Doors } from "../doors";
import type { Operator } from "../operator";
import { makeReady, type Ready, type Request } from "../ready";

/** Which services' data, and where their backups are. */
export interface DataChoice {
  /** Names of services. @default all that are backed up */
  readonly services?: readonly string[];
  /** The folder with the backups of all environments. @default `backups` in the project's root */
  readonly to?: string;
}

/** An environment with what of it is backed up. */
export interface Scoped extends Ready {
  readonly scope: BackupScope;
  /** The folder of this environment's backups. */
  readonly folder: string;
}

/** @throws InvalidInputError with all that is wrong with the choice; the sandbox's simulated pods keep nothing */
export async function scopeOf(request: Request, { services, to }: DataChoice, operator: Operator, doors: Doors): Promise<Scoped> {
  const ready = await makeReady(request, operator, doors);
  const { registry } = await import("../../files/registry.js");
  const { environment } = ready.target.plan;
  const { problems: found, ...scope } = backupScope(environment, ready.target.plan.services, registry.services, services);
  const problems = [...found];
  const wrong = (path: string, reason: string, remedy: string): void => {
    problems.push({ environment, path, reason, remedy, severity: "error" });
  };
  if (request.sandbox)
    wrong("--sandbox", "the sandbox's pods are simulated and keep nothing", "leave --sandbox out for an environment that is up");
  if (problems.length === 0 && scope.services.length === 0)
    wrong("--service", "no service that is on keeps data that are backed up here", `for etcd run \`kpaas cluster backup ${environment}\``);
  if (problems.length > 0) throw new InvalidInputError(problems);
  return { ...ready, scope, folder: resolve(request.root, to ?? "backups", environment) };
}

/** What commands in pods are run with. */
export interface PodAccess {
  readonly api: ClusterApi;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs one of a service's commands in a pod that is ready.
 * @param size how many bytes of input it is to take
 * @throws OperationFailedError with what the pod said
 */
export async function runFor(
  { name, namespace }: Pick<ServicePlan, "name" | "namespace">,
  { workload, labels, container, login }: PodPlace,
  script: string,
  { api, signal }: PodAccess,
  { input, size = 0, output }: { input?: AsyncIterable<Uint8Array>; size?: number; output: Writable },
): Promise<void> {
  const pod = await api.readyPod(namespace, workload, labels);
  if (pod === undefined) throw new OperationFailedError(`no pod of ${name} in ${namespace} is ready: see to it and run the command again`);
  const token = login && (await accountToken(api, namespace, login.account, login.audience));
  const whole = async function* () {
    if (token !== undefined) yield Buffer.from(`${token}\n`);
    if (input !== undefined) yield* input;
  };
  const command = ["sh", "-ec", script, "kpaas", String(size)];
  const streams = { output, signal, ...(token === undefined && input === undefined ? {} : { input: whole() }) };
  await runInPod(api, { namespace, pod, container, command }, streams);
}

/** What pods and the cluster's API say in their own words is no defect of ours. @param hint what is still to be done */
export function told(error: unknown, signal: AbortSignal | undefined, hint = ""): unknown {
  const more = hint === "" ? "" : `\n${hint}`;
  if (signal?.aborted) return new InterruptedError(`Interrupted.${more}`);
  const isTheirs =
    error instanceof Error && ["Error", "PodCommandError", "ApiRefusedError", "OperationFailedError", "TimeoutError"].includes(error.name);
  return isTheirs ? new OperationFailedError(`${error.message}${more}`, { cause: error }) : error;
}

/** Tells of one service that is worked on as of a resource. */
export function shownAs(service: string, tell: ((event: Progress) => void) | undefined): { done(): void; say(text: string): void } {
  const about = { op: "run", urn: `data ${service}`, type: "data", name: service } as const;
  tell?.({ kind: "resource", status: "start", ...about });
  return {
    done: () => tell?.({ kind: "resource", status: "done", ...about }),
    say: (text) => tell?.({ kind: "message", severity: "info", text, urn: about.urn, ephemeral: true }),
  };
}

/** Says something that stays. */
export const saying = (tell: ((event: Progress) => void) | undefined, text: string): void => tell?.(messageOf("info", text));
