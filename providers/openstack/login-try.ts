import type { CloudAnswer, LoginFault, LoginTry, Surroundings } from "../../model/cloud";
import { fields, list, parsedJson } from "../../model/data";

const JSON_HEADERS = { "content-type": "application/json", accept: "application/json" } as const;

/**
 * Logs in by a user's password to identity of version 3 (https://docs.openstack.org/api-ref/identity/v3/#password-authentication-with-scoped-authorization),
 * looks whether the region is in the catalogue, and revokes the token that it got.
 */
export function tryVersion3(env: Surroundings["env"]): LoginTry {
  const url = `${identityOf(env.OS_AUTH_URL)}/auth/tokens`;
  const user = { name: env.OS_USERNAME, password: env.OS_PASSWORD, domain: { name: env.OS_USER_DOMAIN_NAME } };
  const scope = { project: { name: env.OS_PROJECT_NAME, domain: { name: env.OS_PROJECT_DOMAIN_NAME } } };
  const auth = { identity: { methods: ["password"], password: { user } }, scope };
  return {
    request: { method: "POST", url, headers: JSON_HEADERS, body: JSON.stringify({ auth }) },
    judge: (answer) => judged(answer, env, [201, 200], list(fields(fields(parsedJson(answer.body)).token).catalog)),
    undo: ({ status, headers: { "x-subject-token": token } }) =>
      status === 201 && token !== undefined
        ? { method: "DELETE", url, headers: { "x-auth-token": token, "x-subject-token": token } }
        : undefined,
  };
}

/** The same of version 2.0: a tenant's id, and a token that nobody but its end takes back. */
export function tryVersion2(env: Surroundings["env"]): LoginTry {
  const passwordCredentials = { username: env.OS_USERNAME, password: env.OS_PASSWORD };
  const body = JSON.stringify({ auth: { tenantId: env.OS_TENANT_ID, passwordCredentials } });
  return {
    request: { method: "POST", url: `${baseOf(env.OS_AUTH_URL)}/tokens`, headers: JSON_HEADERS, body },
    judge: (answer) => judged(answer, env, [200], list(fields(fields(parsedJson(answer.body)).access).serviceCatalog)),
  };
}

function judged(
  { status }: CloudAnswer,
  { OS_REGION_NAME: region }: Surroundings["env"],
  good: readonly number[],
  catalogue: readonly unknown[],
): LoginFault | undefined {
  if (status === 401 || status === 403)
    return {
      reason: "the cloud does not take user, password and project together",
      remedy: "see that all three are right, and that the user has a role in the project",
    };
  if (!good.includes(status))
    return {
      variable: "OS_AUTH_URL",
      reason: `what answers there is no identity service: it says ${status}`,
      remedy: "give the address that the cloud's console or openrc file shows",
    };
  const regions = new Set(
    catalogue.flatMap((service) => list(fields(service).endpoints).map((endpoint) => String(fields(endpoint).region))),
  );
  if (region === undefined || regions.size === 0 || regions.has(region)) return undefined;
  return {
    variable: "OS_REGION_NAME",
    reason: `the cloud has no region ${region} for this project`,
    remedy: `give one of: ${[...regions].sort().join(", ")}`,
  };
}

/** Identity of version 3 below an address that names a version, or none. */
function identityOf(url: string | undefined): string {
  return `${baseOf(url).replace(/\/v[\d.]+$/, "")}/v3`;
}

function baseOf(url = ""): string {
  return url.replace(/\/+$/, "");
}
