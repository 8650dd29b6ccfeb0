import type { PartObject, PartSurroundings } from "../model/cloud-parts";

const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

/** Where what may change something in the cloud runs. */
export const ON_CONTROL_PLANES = {
  nodeSelector: { [CONTROL_PLANE]: "" },
  tolerations: [{ key: CONTROL_PLANE, operator: "Exists", effect: "NoSchedule" }],
};

/** Pods that run as a user who is nobody else. */
export const PLAIN_USER = { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, seccompProfile: { type: "RuntimeDefault" } };

/** Containers that can neither gain rights nor write to their own image. */
export const CONFINED = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } };

/** The image that plays a role, by its whole name. */
export function imageOf({ image }: Pick<PartSurroundings, "image">, role: string): string {
  const { repository, tag } = image(role);
  return `${repository}:${tag}`;
}

/** To look at something, and hear of its changes. */
export const READ: readonly string[] = ["get", "list", "watch"];

/** What of an API group may be done. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** @param resources with a blank between each */
export function rule(group: string, resources: string, verbs: readonly string[]): Rule {
  return { apiGroups: [group], resources: resources.split(" "), verbs };
}

const RBAC = "rbac.authorization.k8s.io";

/** An account, and the rights that pods have which run by it. */
export function account(
  namespace: string,
  name: string,
  rights: { readonly inCluster: readonly Rule[]; readonly inNamespace?: readonly Rule[] },
): PartObject[] {
  const metadata = { name };
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const granted = (kind: "ClusterRole" | "Role", rules: readonly Rule[]): PartObject[] => {
    const where = kind === "ClusterRole" ? { clusterWide: true as const } : {};
    return [
      { apiVersion: `${RBAC}/v1`, kind, ...where, metadata, rules },
      { apiVersion: `${RBAC}/v1`, kind: `${kind}Binding`, ...where, metadata, roleRef: { apiGroup: RBAC, kind, name }, subjects },
    ];
  };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    ...granted("ClusterRole", rights.inCluster),
    ...(rights.inNamespace === undefined ? [] : granted("Role", rights.inNamespace)),
  ];
}
