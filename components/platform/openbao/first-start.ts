import type { SecretCapability } from "../grants";
import type { Client } from "./args";
import { FOLDERS, memberUrl, NAMES, PORTS, type SelfRequest } from "./config";

/** The engine that holds everybody's secrets, each below paths of its own. */
export const MOUNT = "secret";
/** What a token of an account must be meant for, to log in with. */
export const AUDIENCE = "openbao";
/** The role of {@link NAMES.manager}. */
export const MANAGER_ROLE = "kpaas";

/** How long a secret id of an AppRole lasts, in hours. */
export const SECRET_ID_HOURS = 8760;

/** What an AppRole logs in with. Secret. */
export interface AppRoleCredentials {
  readonly roleId: string;
  readonly secretId: string;
}

/**
 * Brings the first member's store to be, before its server runs. Nobody reaches the server of the first start, so one that was broken off holds
 * nothing of anybody's: it is thrown away whole, with its root token. The finished store takes its place by one rename.
 */
export const FIRST_START = `set -eu
cd ${FOLDERS.data}
if [ -d store ]; then exit 0; fi
case "$POD_NAME" in *-0) ;; *) mkdir store; exit 0 ;; esac
# The first of several begins a new cluster only while each of the others says that it holds none. Else its own volume was lost, and it joins them.
member=1
while [ "$member" -lt "$MEMBERS" ]; do
  state=0
  bao operator init -status -ca-cert=${FOLDERS.tls}/ca.crt -address="${memberUrl("$member")}" >/dev/null 2>&1 || state=$?
  case "$state" in
    0) echo "member $member is initialised: joining it"; mkdir store; exit 0 ;;
    2) member=$((member + 1)) ;;
    *) echo "member $member does not answer yet"; sleep 2 ;;
  esac
done
rm -rf new
mkdir new
bao server -config=${FOLDERS.first}/server.json &
server=$!
# It answers once all is done.
until bao status -ca-cert=${FOLDERS.tls}/ca.crt -address=https://127.0.0.1:${PORTS.api} >/dev/null 2>&1; do
  kill -0 "$server" 2>/dev/null || exit 1
  sleep 1
done
kill "$server"
wait "$server" || true
mv new store
`;

/** What the server does to itself at the first start. The last request ends the root token, which nobody has seen. */
export function selfRequests(
  namespace: string,
  clients: Readonly<Record<string, Client>>,
  { podCidr, appRoles }: { readonly podCidr: string; readonly appRoles: Readonly<Record<string, AppRoleCredentials>> },
): Record<string, SelfRequest> {
  const named = Object.entries(clients);
  return {
    engine: {
      path: `sys/mounts/${MOUNT}`,
      data: { type: "kv", options: { version: "2" }, description: "secrets of the platform's services" },
    },
    kubernetes: { path: "sys/auth/kubernetes", data: { type: "kubernetes", description: "accounts of this cluster" } },
    // Its own token and the cluster's CA are read anew from its pod's files.
    "kubernetes-api": { path: "auth/kubernetes/config", data: { kubernetes_host: "https://kubernetes.default.svc" } },
    "manager-policy": { path: `sys/policies/acl/${MANAGER_ROLE}`, data: { policy: policy(MANAGER) } },
    "manager-role": kubernetesRole(MANAGER_ROLE, namespace, [NAMES.manager]),
    ...(Object.keys(appRoles).length === 0
      ? {}
      : { approle: { path: "sys/auth/approle", data: { type: "approle", description: "applications with a role id and a secret id" } } }),
    ...Object.assign({}, ...named.map(([role, client], index) => clientRequests(`client-${index}`, role, client, podCidr, appRoles[role]))),
    "root-token": { path: "auth/token/revoke-self", data: {} },
  };
}

function clientRequests(
  prefix: string,
  role: string,
  { namespace, paths, login }: Client,
  podCidr: string,
  appRole: AppRoleCredentials | undefined,
): Record<string, SelfRequest> {
  const rights = { [`${prefix}-policy`]: { path: `sys/policies/acl/${role}`, data: { policy: policy(enginePaths(paths)) } } };
  if (login.kind === "kubernetes") return { ...rights, [`${prefix}-role`]: kubernetesRole(role, namespace, login.serviceAccounts) };
  if (appRole === undefined) throw new Error(`No role id was made for the AppRole "${role}".`);
  return {
    ...rights,
    [`${prefix}-role`]: {
      path: `auth/approle/role/${role}`,
      data: {
        token_policies: [role],
        token_ttl: "1m",
        token_max_ttl: "10m",
        token_bound_cidrs: [podCidr],
        secret_id_bound_cidrs: [podCidr],
        secret_id_ttl: `${SECRET_ID_HOURS}h`,
      },
    },
    [`${prefix}-role-id`]: { path: `auth/approle/role/${role}/role-id`, data: { role_id: appRole.roleId } },
    [`${prefix}-secret-id`]: { path: `auth/approle/role/${role}/custom-secret-id`, data: { secret_id: appRole.secretId } },
  };
}

function kubernetesRole(role: string, namespace: string, serviceAccounts: readonly string[]): SelfRequest {
  return {
    path: `auth/kubernetes/role/${role}`,
    data: {
      bound_service_account_names: [...serviceAccounts],
      bound_service_account_namespaces: [namespace],
      audience: AUDIENCE,
      token_policies: [role],
      token_ttl: "10m",
      token_max_ttl: "1h",
    },
  };
}

type Rights = Readonly<Record<string, readonly (SecretCapability | "sudo")[]>>;

const EVERYTHING = ["create", "read", "update", "delete", "list"] as const;

/**
 * What kpaas itself may: whatever is configured later, snapshots, and recovery keys for those who want them. Secrets are not among it, but who
 * may write policies can give them to himself.
 */
const MANAGER: Rights = {
  "sys/mounts": ["read"],
  "sys/mounts/*": EVERYTHING,
  "sys/auth": ["read"],
  "sys/auth/*": [...EVERYTHING, "sudo"],
  "sys/policies/acl": ["list"],
  "sys/policies/acl/*": EVERYTHING,
  "auth/kubernetes/*": EVERYTHING,
  "auth/approle/*": EVERYTHING,
  "auth/token/create": ["update"],
  "sys/storage/raft/*": ["read", "update"],
  "sys/rotate/recovery/*": ["read", "update", "delete"],
};

/** Version 2 of the engine keeps what is stored and what is known of it below two prefixes. */
function enginePaths(paths: Readonly<Record<string, readonly SecretCapability[]>>): Rights {
  return Object.fromEntries(
    Object.entries(paths).flatMap(([path, capabilities]): [string, SecretCapability[]][] => {
      const stored = capabilities.filter((each) => each !== "list");
      const known = capabilities.filter((each) => ["list", "read", "delete"].includes(each));
      return [
        ...(stored.length === 0 ? [] : [[`${MOUNT}/data/${path}`, stored] as [string, SecretCapability[]]]),
        ...(known.length === 0 ? [] : [[`${MOUNT}/metadata/${path}`, known] as [string, SecretCapability[]]]),
      ];
    }),
  );
}

function policy(rights: Rights): string {
  return JSON.stringify({ path: Object.fromEntries(Object.entries(rights).map(([path, capabilities]) => [path, { capabilities }])) });
}
