import type { core } from "@pulumi/kubernetes/types/input";
import type { ServicePlan } from "../../../model/plan/types";
import { TRUST_FILES } from "../applications/pod";
import { containerSecurityContext, imageOf, placed, podSecurityContext } from "../objects";
import { PORTAL } from "./apps";
import type { TokenWriter, VaultAccess } from "./args";
import { CLUSTER_ACCOUNT } from "./names";

/** The workload that keeps that account's token in OpenBao, and the role of its image, which is OpenBao's own. */
export const CLUSTER_TOKEN = "cp-portal-cluster-token";

/** OpenBao, where somebody is let in to keep the token. */
export type WrittenVault = VaultAccess & { readonly writer: TokenWriter };

/** By which the portal's programs reach its own cluster's API. */
export const CLUSTER_API = "https://kubernetes.default.svc";

/** How long a token lasts. The kubelet asks for the next one when four fifths of that are over. */
const TOKEN_SECONDS = 3600;

/** How often the token is written, which leaves one there at least eleven minutes' time. */
const WRITE_SECONDS = 60;

/** How long the pod may go without writing. */
const SILENT_MINUTES = 10;

/** The file that says when it has written last. */
const WRITTEN = "written";

/** Where the script finds what it reads, and keeps what it writes. */
export interface TokenFolders {
  readonly tokens: string;
  readonly trust: string;
  readonly scratch: string;
}

const FOLDERS: TokenFolders = { tokens: "/tokens", trust: "/platform", scratch: "/tmp" };

/**
 * Writes the token that the kubelet keeps in a file to where the portal's programs look for it, again and again. Each time it logs in anew, by a
 * token that OpenBao alone takes, and may do nothing there but write this one secret.
 */
export function keepToken(
  { url, writer: { role, clusterId } }: Pick<WrittenVault, "url" | "writer">,
  { tokens, trust, scratch }: TokenFolders = FOLDERS,
): string {
  return `set -eu
export BAO_ADDR=${url} BAO_CACERT=${trust}/${TRUST_FILES.vault} HOME=${scratch}
while :; do
  if BAO_TOKEN=$(bao write -field=token auth/kubernetes/login role=${role} jwt=@${tokens}/openbao) &&
    export BAO_TOKEN &&
    printf '{"data":{"clusterId":"${clusterId}","clusterApiUrl":"${CLUSTER_API}","clusterToken":"%s"}}' "$(cat ${tokens}/kubernetes)" |
      bao write secret/data/cluster/${clusterId} - >/dev/null; then
    touch ${scratch}/${WRITTEN}
  fi
  unset BAO_TOKEN
  # Ends at once when the pod does.
  sleep ${WRITE_SECONDS} & wait $!
done
`;
}

/** The pod that keeps the token. Its account's token is bound to it: whoever deletes the pod ends the token. */
export function clusterTokenPod(plan: ServicePlan, vault: WrittenVault): core.v1.PodSpec {
  const probe = (command: string): core.v1.Probe => ({ exec: { command: ["sh", "-c", command] }, timeoutSeconds: 3 });
  const hasWritten = `test -f ${FOLDERS.scratch}/${WRITTEN}`;
  const writes = `test -n "$(find ${FOLDERS.scratch}/${WRITTEN} -mmin -${SILENT_MINUTES})"`;
  return {
    serviceAccountName: CLUSTER_ACCOUNT,
    automountServiceAccountToken: false,
    ...placed(plan),
    securityContext: podSecurityContext(1000),
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: "token",
        image: imageOf(plan, CLUSTER_TOKEN),
        command: ["sh", "-c", keepToken(vault)],
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
        securityContext: containerSecurityContext(),
        startupProbe: { ...probe(hasWritten), periodSeconds: 5, failureThreshold: 120 },
        readinessProbe: { ...probe(writes), periodSeconds: 30, failureThreshold: 2 },
        livenessProbe: { ...probe(writes), periodSeconds: 60, failureThreshold: 5 },
        volumeMounts: [
          { name: "tokens", mountPath: FOLDERS.tokens, readOnly: true },
          { name: "platform", mountPath: FOLDERS.trust, readOnly: true },
          { name: "tmp", mountPath: FOLDERS.scratch },
        ],
      },
    ],
    volumes: [
      {
        name: "tokens",
        projected: {
          sources: [
            { serviceAccountToken: { path: "kubernetes", expirationSeconds: TOKEN_SECONDS } },
            { serviceAccountToken: { path: "openbao", expirationSeconds: TOKEN_SECONDS, audience: vault.writer.audience } },
          ],
        },
      },
      { name: "platform", configMap: { name: PORTAL.trust, items: [{ key: TRUST_FILES.vault, path: TRUST_FILES.vault }] } },
      { name: "tmp", emptyDir: {} },
    ],
  };
}
