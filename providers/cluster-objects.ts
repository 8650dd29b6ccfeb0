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

/** What is a cloud's own about its controller. */
export interface ControllerPod {
  /** Of the controller, its account and its roles. */
  readonly name: string;
  readonly command: string;
  /** Its own arguments, beside those that all have. */
  readonly args: readonly string[];
  /** The Secret with its settings, and where it finds that. */
  readonly secret: string;
  readonly folder: string;
  /** Where it tells whether it lives, on its machine's own loopback. */
  readonly port: number;
}

/**
 * A cloud's controller as it runs on control planes: of its controllers that of balancers alone. Nodes, their names and their lives are this tool's: a
 * controller that did not find one in the cloud by its name would delete it.
 */
export function balancerController(given: PartSurroundings, { name, command, args, secret, folder, port }: ControllerPod): PartObject {
  const { service } = given;
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name },
    spec: {
      template: {
        spec: {
          ...ON_CONTROL_PLANES,
          serviceAccountName: name,
          // The metadata answers machines, not pods.
          hostNetwork: true,
          dnsPolicy: "Default",
          priorityClassName: "system-cluster-critical",
          securityContext: PLAIN_USER,
          containers: [
            {
              name: "controller",
              image: imageOf(given, "controller"),
              command: [command],
              args: [
                ...args,
                "--controllers=service-lb-controller",
                ...["--allocate-node-cidrs=false", "--configure-cloud-routes=false"],
                `--leader-elect-resource-namespace=${service.namespace}`,
                // Whether it lives, its own node asks; nobody else asks it for anything.
                ...["--bind-address=127.0.0.1", `--secure-port=${port}`, "--authentication-skip-lookup=true"],
              ],
              livenessProbe: {
                httpGet: { host: "127.0.0.1", path: "/healthz", port, scheme: "HTTPS" },
                ...{ initialDelaySeconds: 20, periodSeconds: 10, timeoutSeconds: 15 },
              },
              resources: service.resources ?? {},
              securityContext: CONFINED,
              volumeMounts: [{ name: "config", mountPath: folder, readOnly: true }],
            },
          ],
          volumes: [{ name: "config", secret: { secretName: secret } }],
        },
      },
    },
  };
}
