import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Graph } from "../../testing/graph";
import { type Bag, unwrapSecret } from "../../testing/mocks";
import { at } from "../components/platform/fixtures";
import type { OpenBaoMember } from "./openbao";

/** What an application with an AppRole logs in with. */
export interface AppRoleIds {
  readonly roleId: string;
  readonly secretId: string;
}

/** Logs in as the provider does: the token, or the answer's errors. */
export async function logInAsProvider(of: OpenBaoMember, graph: Graph): Promise<string> {
  const { path, parameters } = JSON.parse(String(unwrapSecret(graph.get("bao-provider").inputs.authLogin))) as Bag;
  // A server that has just started does not lead yet.
  for (let tries = 0; ; tries++) {
    const { body } = await of.call("PUT", String(path), { body: parameters as object });
    const token = at(body, "auth", "client_token");
    if (token !== undefined || tries === 40) return String(token ?? JSON.stringify(body.errors));
    await pause(250);
  }
}

/** What the provider asks the server for, by type: its path and body. */
const REQUESTS: Readonly<Record<string, (inputs: Bag) => readonly [string, object]>> = {
  "vault:index/mount:Mount": ({ path, type, options, description }) => [`sys/mounts/${String(path)}`, { type, options, description }],
  "vault:index/authBackend:AuthBackend": ({ path, type, description }) => [`sys/auth/${String(path)}`, { type, description }],
  "vault:index/policy:Policy": ({ name, policy }) => [`sys/policies/acl/${String(name)}`, { policy }],
  "vault:kubernetes/authBackendConfig:AuthBackendConfig": ({ backend, kubernetesHost, disableIssValidation }) => [
    `auth/${String(backend)}/config`,
    { kubernetes_host: kubernetesHost, disable_iss_validation: disableIssValidation },
  ],
  "vault:kubernetes/authBackendRole:AuthBackendRole": (inputs) => [
    `auth/${String(inputs.backend)}/role/${String(inputs.roleName)}`,
    {
      bound_service_account_names: inputs.boundServiceAccountNames,
      bound_service_account_namespaces: inputs.boundServiceAccountNamespaces,
      audience: inputs.audience,
      ...tokenOf(inputs),
    },
  ],
  "vault:appRole/authBackendRole:AuthBackendRole": (inputs) => [
    `auth/${String(inputs.backend)}/role/${String(inputs.roleName)}`,
    {
      token_bound_cidrs: inputs.tokenBoundCidrs,
      secret_id_bound_cidrs: inputs.secretIdBoundCidrs,
      secret_id_ttl: inputs.secretIdTtl,
      ...tokenOf(inputs),
    },
  ],
  "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId": ({ roleName, metadata }) => [
    `auth/approle/role/${String(roleName)}/secret-id`,
    { metadata },
  ],
};

const tokenOf = ({ tokenPolicies, tokenTtl, tokenMaxTtl }: Bag): object => ({
  token_policies: tokenPolicies,
  token_ttl: tokenTtl,
  token_max_ttl: tokenMaxTtl,
});

/** Makes what the recorded resources say, by the requests of the provider and with its rights. @returns the ids of the AppRoles, by client */
export async function configure(of: OpenBaoMember, graph: Graph): Promise<Record<string, AppRoleIds>> {
  const token = await logInAsProvider(of, graph);
  const ids: Record<string, AppRoleIds> = {};
  for (const { type, inputs } of graph.resources) {
    const request = REQUESTS[type]?.(inputs as Bag);
    if (request === undefined) continue;
    const [path, body] = request;
    const answer = await of.call("POST", path, { token, body: JSON.parse(of.mapped(JSON.stringify(body))) as object });
    assert.ok(answer.status < 300, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    if (!path.endsWith("/secret-id")) continue;
    const role = await of.call("GET", path.replace(/secret-id$/, "role-id"), { token });
    ids[String((inputs as Bag).roleName)] = {
      roleId: String(at(role.body, "data", "role_id")),
      secretId: String(at(answer.body, "data", "secret_id")),
    };
  }
  return ids;
}
