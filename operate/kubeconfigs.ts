import { userInfo } from "node:os";
import { isFields } from "../model/data";
import type { SecretReference } from "../model/plan/infrastructure-types";
import { InvalidInputError, type Problem } from "../model/problems";
import type { ClusterApi } from "../reach/cluster-api";
import { DOORS } from "./doors";
import type { Operator } from "./operator";
import { notUp, outputs } from "./outputs";
import { makeReady, type Request, runJob } from "./ready";

/** A cluster's kubeconfig, parsed, and what it is called. */
export interface FoundKubeconfig {
  readonly environment: string;
  readonly kubeconfig: unknown;
  /** Its API is met through the bastion alone. */
  readonly isPrivate: boolean;
}

/**
 * The kubeconfig of an environment's cluster as it was recorded, or with credentials that end soon.
 * @param ttl seconds; undefined: the administrator's own certificate
 * @param by what such credentials are: a certificate of an administrator's, or a token of an account with the rights that K-PaaS's portal has
 * @throws InvalidInputError, also where the cluster cannot issue such; OperationFailedError where it is not up
 */
export async function kubeconfigOf(
  request: Request,
  ttl: number | undefined,
  operator: Operator,
  doors = DOORS,
  by: "certificate" | "token" = "certificate",
): Promise<FoundKubeconfig> {
  const ready = await makeReady(request, operator, doors);
  const { target, loaded } = ready;
  const { kubeconfig: found } = await outputs(ready, operator, true, doors);
  if (found === undefined) throw notUp(loaded.name, target.sandbox);
  const kubeconfig = await parsed(found);
  const isPrivate = !target.sandbox && target.plan.access.api === "bastion";
  const whole = { environment: loaded.name, kubeconfig, isPrivate };
  if (ttl === undefined) return whole;
  if (target.sandbox) throw cannot(loaded.name, "nothing in the sandbox signs certificates");
  const engine = await doors.engine();
  const issue = by === "token" ? await tokenIssuer(ttl) : await certificateIssuer(ttl);
  const user = await runJob("read", target, operator, (at, options) => engine.withCluster(at, options, issue)).catch((error: unknown) => {
    throw error instanceof Error && ["Error", "ApiRefusedError"].includes(error.name) ? cannot(loaded.name, error.message) : error;
  });
  return { ...whole, kubeconfig: withUser(kubeconfig, user) };
}

type Issue = (api: ClusterApi) => Promise<object>;

async function certificateIssuer(ttl: number): Promise<Issue> {
  const { issueCertificate } = await import("../reach/issue-certificate.js");
  return (api) => issueCertificate(api, `kpaas:${userInfo().username}`, ttl);
}

async function tokenIssuer(ttl: number): Promise<Issue> {
  const { issueToken } = await import("../reach/issue-token.js");
  return (api) => issueToken(api, ttl);
}

/** The kubeconfig of a cluster that was made elsewhere. @throws InvalidInputError where it cannot be read; never with anything of it */
export async function registeredKubeconfig(name: string, reference: SecretReference, folder: string): Promise<FoundKubeconfig> {
  const { readSecret } = await import("../files/read-secret.js");
  try {
    return { environment: name, kubeconfig: await parsed(await readSecret(reference, folder)), isPrivate: false };
  } catch (error) {
    const reason = error instanceof Error && error.name === "Error" ? error.message : "its kubeconfig is no YAML";
    throw new InvalidInputError([problem(name, reason, "put it there, or refer to where it is")]);
  }
}

async function parsed(kubeconfig: unknown): Promise<unknown> {
  const { parse } = await import("yaml");
  return typeof kubeconfig === "string" ? parse(kubeconfig) : kubeconfig;
}

/** The same with other credentials for all its users; of the recorded ones nothing stays. */
function withUser(kubeconfig: unknown, user: object): unknown {
  if (!isFields(kubeconfig) || !Array.isArray(kubeconfig.users)) return kubeconfig;
  return { ...kubeconfig, users: kubeconfig.users.map((each: unknown) => (isFields(each) ? { ...each, user } : each)) };
}

function cannot(environment: string, reason: string): InvalidInputError {
  return new InvalidInputError([
    problem(environment, `cannot be given credentials that end soon: ${reason}`, "leave --ttl out for its own"),
  ]);
}

function problem(environment: string, reason: string, remedy: string): Problem {
  return { environment, path: "kubeconfig", reason, remedy, severity: "error" };
}
