import { z } from "zod";
import { clusterRights } from "../model/cluster-rights";
import type { ClusterApi } from "./cluster-api";

/** The account that tokens are of, alone in a namespace of its own. */
const ACCOUNT = "kpaas-access";

const LABELS = { "app.kubernetes.io/name": ACCOUNT, "app.kubernetes.io/managed-by": "kpaas" };
const answerSchema = z.object({ status: z.object({ token: z.string().min(1) }) });

/** What the account is made of, by the path of each; the namespace runs nothing. */
const OBJECTS: readonly (readonly [path: string, object: object])[] = [
  [
    `/api/v1/namespaces/${ACCOUNT}`,
    {
      ...{ apiVersion: "v1", kind: "Namespace" },
      metadata: { name: ACCOUNT, labels: { ...LABELS, "pod-security.kubernetes.io/enforce": "restricted" } },
    },
  ],
  [
    `/api/v1/namespaces/${ACCOUNT}/serviceaccounts/${ACCOUNT}`,
    {
      ...{ apiVersion: "v1", kind: "ServiceAccount", automountServiceAccountToken: false },
      metadata: { name: ACCOUNT, namespace: ACCOUNT, labels: LABELS },
    },
  ],
  [
    `/apis/rbac.authorization.k8s.io/v1/clusterroles/${ACCOUNT}`,
    {
      ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
      metadata: { name: ACCOUNT, labels: LABELS },
      rules: clusterRights(false),
    },
  ],
  [
    `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${ACCOUNT}`,
    {
      ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" },
      metadata: { name: ACCOUNT, labels: LABELS },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: ACCOUNT },
      subjects: [{ kind: "ServiceAccount", name: ACCOUNT, namespace: ACCOUNT }],
    },
  ],
];

/**
 * Has a cluster give a token of an account of ours that ends soon, with the rights that K-PaaS's portal has in its own (`model/cluster-rights.ts`).
 * The account is made, or brought to what it is, first; whoever deletes it ends its tokens.
 * @param seconds until it ends; 600 at least
 * @throws ApiRefusedError
 */
export async function issueToken(api: ClusterApi, seconds: number): Promise<{ readonly token: string }> {
  for (const [path, body] of OBJECTS)
    await api.call(`${path}?fieldManager=kpaas&force=true`, { method: "PATCH", type: "application/apply-patch+yaml", body });
  const asked = await api.call(`/api/v1/namespaces/${ACCOUNT}/serviceaccounts/${ACCOUNT}/token`, {
    method: "POST",
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: seconds } },
  });
  return { token: answerSchema.parse(asked).status.token };
}
