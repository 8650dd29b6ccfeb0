import { type CustomResourceOptions, type Input, type Output, output, secret } from "@pulumi/pulumi";
import { AuthBackendRole as AppRole } from "@pulumi/vault/approle/authBackendRole";
import { AuthBackendRoleSecretId } from "@pulumi/vault/approle/authBackendRoleSecretId";
import { AuthBackend } from "@pulumi/vault/authBackend";
import { AuthBackendConfig } from "@pulumi/vault/kubernetes/authBackendConfig";
import { AuthBackendRole as KubernetesRole } from "@pulumi/vault/kubernetes/authBackendRole";
import { Mount } from "@pulumi/vault/mount";
import { Policy } from "@pulumi/vault/policy";
import { contentHash } from "../objects";
import type { Client } from "./args";
import { NAMES } from "./config";
import { AUDIENCE, LOGINS, MANAGER_ROLE, MOUNT } from "./names";
import { clientRights, MANAGER_RIGHTS, policy } from "./rights";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** How long a secret id of an AppRole lasts: as long as the server's certificate, with which it is made anew. */
const SECRET_ID_LIFE = 365 * 24 * HOUR;

/** What an AppRole logs in with. Secret. */
export interface AppRoleCredentials {
  readonly roleId: Output<string>;
  readonly secretId: Output<string>;
}

/** What lives in the server. */
export interface InsideSpec {
  readonly namespace: string;
  readonly clients: Readonly<Record<string, Client>>;
  readonly podCidr: string;
  /** The server's certificate, PEM. */
  readonly certificate: Input<string>;
  /** How many times the secret ids were made. @default 1 */
  readonly rotation?: number | undefined;
}

/**
 * The engine, the log-ins, and a policy and role for each client. What else people make there is theirs.
 * @param name gives a resource its logical name
 * @param data options of the engine, which holds everybody's secrets
 * @returns what the clients with an AppRole log in with, by client
 */
export function createInside(
  name: (role: string) => string,
  { namespace, clients, podCidr, certificate, rotation }: InsideSpec,
  options: CustomResourceOptions,
  data: Pick<CustomResourceOptions, "protect" | "retainOnDelete">,
): Record<string, AppRoleCredentials> {
  new Mount(
    name("engine"),
    { path: MOUNT, type: "kv", options: { version: "2" }, description: "secrets of the platform's services" },
    { ...options, ...data },
  );
  const kubernetes = createKubernetesLogin(name, options);
  const manager = new Policy(name("manager-policy"), { name: MANAGER_ROLE, policy: policy(MANAGER_RIGHTS) }, options);
  createKubernetesRole(name("manager-role"), kubernetes, manager, namespace, [NAMES.manager], options);
  const isAppRole = Object.values(clients).some(({ login }) => login.kind === "appRole");
  const appRoles = isAppRole ? createAppRoleLogin(name, options) : undefined;
  const credentials: Record<string, AppRoleCredentials> = {};
  for (const [client, { paths, login, accounts = {}, namespace: home }] of Object.entries(clients)) {
    for (const [end, { serviceAccount, paths: own }] of Object.entries(accounts)) {
      const role = accountRole(client, end);
      const rights = new Policy(name(`${role}-policy`), { name: role, policy: policy(clientRights(own)) }, options);
      createKubernetesRole(name(`${role}-role`), kubernetes, rights, home, [serviceAccount], options);
    }
    const rights = new Policy(name(`${client}-policy`), { name: client, policy: policy(clientRights(paths)) }, options);
    if (login.kind === "kubernetes") createKubernetesRole(name(`${client}-role`), kubernetes, rights, home, login.serviceAccounts, options);
    else if (appRoles !== undefined)
      credentials[client] = createAppRole(
        (role) => name(`${client}-${role}`),
        appRoles,
        rights,
        { podCidr, certificate, rotation },
        options,
      );
  }
  return credentials;
}

/** The role and policy of an account that a client claims beside its own log-in. */
export function accountRole(client: string, end: string): string {
  return `${client}-${end}`;
}

/** The path of the log-in, once it asks the API whose a token is: by its own token and the cluster's CA, read anew from its pod's files. */
function createKubernetesLogin(name: (role: string) => string, options: CustomResourceOptions): Output<string> {
  const { path } = new AuthBackend(
    name("kubernetes"),
    { type: "kubernetes", path: LOGINS.kubernetes, description: "accounts of this cluster" },
    options,
  );
  const config = new AuthBackendConfig(
    name("kubernetes-api"),
    { backend: path, kubernetesHost: "https://kubernetes.default.svc", disableIssValidation: true },
    options,
  );
  return config.backend.apply((backend) => backend ?? LOGINS.kubernetes);
}

function createAppRoleLogin(name: (role: string) => string, options: CustomResourceOptions): Output<string> {
  return new AuthBackend(
    name("approle"),
    { type: "approle", path: LOGINS.appRole, description: "applications with a role id and a secret id" },
    options,
  ).path;
}

function createKubernetesRole(
  name: string,
  backend: Input<string>,
  rights: Policy,
  namespace: string,
  serviceAccounts: readonly string[],
  options: CustomResourceOptions,
): void {
  new KubernetesRole(
    name,
    {
      backend,
      roleName: rights.name,
      boundServiceAccountNames: [...serviceAccounts],
      boundServiceAccountNamespaces: [namespace],
      audience: AUDIENCE,
      tokenPolicies: [rights.name],
      tokenTtl: 10 * MINUTE,
      tokenMaxTtl: HOUR,
    },
    options,
  );
}

function createAppRole(
  name: (role: string) => string,
  backend: Input<string>,
  rights: Policy,
  { podCidr, certificate, rotation }: Pick<InsideSpec, "podCidr" | "certificate" | "rotation">,
  options: CustomResourceOptions,
): AppRoleCredentials {
  const role = new AppRole(
    name("role"),
    {
      backend,
      roleName: rights.name,
      tokenPolicies: [rights.name],
      tokenTtl: MINUTE,
      tokenMaxTtl: 10 * MINUTE,
      tokenBoundCidrs: [podCidr],
      secretIdBoundCidrs: [podCidr],
      secretIdTtl: SECRET_ID_LIFE,
    },
    { ...options, additionalSecretOutputs: ["roleId"] },
  );
  const { secretId } = new AuthBackendRoleSecretId(
    name("secret-id"),
    {
      backend: role.backend.apply((path) => path ?? LOGINS.appRole),
      roleName: role.roleName,
      // The role's own, said once more: the provider reads it back, and would take a silence for another one.
      ttl: SECRET_ID_LIFE,
      // Another certificate, another secret id, in the last month of both, and with each rotation: the new one is valid before the old one goes.
      metadata: output(certificate).apply((pem) =>
        JSON.stringify({ certificate: contentHash(pem), ...(rotation === undefined ? {} : { rotation: String(rotation) }) }),
      ),
    },
    options,
  );
  return { roleId: secret(role.roleId), secretId: secret(secretId) };
}
