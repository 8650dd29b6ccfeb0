import { FOLDERS, memberUrl, PORTS, type SelfRequest } from "./config";
import { INSIDE, PROVIDER } from "./names";
import { PROVIDER_RIGHTS, policy } from "./rights";

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

/**
 * What the server does to itself at the first start: the provider's way in, from which everything else comes. The last request ends the root
 * token, which nobody has seen.
 * @param secretId the provider's. Secret
 */
export function selfRequests(secretId: string): Record<string, SelfRequest> {
  const role = `auth/${PROVIDER.mount}/role/${PROVIDER.role}`;
  return {
    policy: { path: `sys/policies/acl/${PROVIDER.role}`, data: { policy: policy(PROVIDER_RIGHTS) } },
    login: {
      path: `sys/auth/${PROVIDER.mount}`,
      data: { type: "approle", description: "the environment's program, which configures this server" },
    },
    // Whoever learns the secret has no use for it without a way into the pod, which is the cluster's to give.
    role: {
      path: role,
      data: {
        token_policies: [PROVIDER.role],
        token_ttl: "1h",
        token_max_ttl: "1h",
        token_bound_cidrs: [INSIDE],
        secret_id_bound_cidrs: [INSIDE],
      },
    },
    "role-id": { path: `${role}/role-id`, data: { role_id: PROVIDER.roleId } },
    "secret-id": { path: `${role}/custom-secret-id`, data: { secret_id: secretId } },
    "root-token": { path: "auth/token/revoke-self", data: {} },
  };
}
