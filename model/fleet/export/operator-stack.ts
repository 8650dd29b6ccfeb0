import { contentDigest } from "../../canonical";
import type { OperatorSettings } from "../via";
import type { ExportedCluster, ExportedStack } from "./cluster";

/* The operator's resources, of its version 2. What they hold was read in its own definitions. */

/** Where the operator's resources go by default. */
export const NAMESPACE = "kpaas";
/** The workspaces' account; and the Role of who runs `fleet up --via operator`. */
export const ACCOUNT = "kpaas-workspace";
const RUNNER = "kpaas-fleet";
/** The longest name that the operator's definition takes for a Stack. */
export const LONGEST_NAME = 42;
/** Asks the operator to work on a Stack once more: with each other value it does so once. */
export const REQUEST = "pulumi.com/reconciliation-request";

/** Where the agent puts what it fetches. */
const SOURCE = "/share/source";
/** The user of a workspace under the operator's profile `restricted`. */
const USER = 1000;

/** Settings with all that they leave out. */
export interface Workspaces extends Omit<OperatorSettings, "kubeconfig"> {
  readonly namespace: string;
  readonly backend: string;
  /** What is fetched of the repository, whole. */
  readonly commit: string;
}

/** A resource as it is sent to the API server. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The name of the Stack that stands for a stack. */
export function resourceName({ name }: Pick<ExportedStack, "name">): string {
  return name.replaceAll(".", "-");
}

/** The name of the Secret whose keys are a cluster's environment variables, and of the claim that keeps its `.kpaas/`. */
export function keptName(cluster: string): string {
  return `kpaas-${cluster}`;
}

/** What a Stack is told beside what it brings up. */
interface StackOptions {
  /** Names of Stacks that have to have succeeded as they are now. */
  readonly prerequisites?: readonly string[];
  /** Asks for one more update than the last one. */
  readonly request?: string;
  /** Dangerous changes that are let through, each bound to what it was given for. */
  readonly approve?: readonly string[];
}

/** What all of a fleet's workspaces need: their namespace, and an account that may ask who somebody is, and nothing else. */
export function accessResources(fleet: string, { namespace }: Pick<Workspaces, "namespace">): KubernetesObject[] {
  const labels = labelsOf(fleet);
  const group = "rbac.authorization.k8s.io";
  const subject = { kind: "ServiceAccount", name: ACCOUNT, namespace };
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { ...labels, "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    // The agent in the workspace reviews the operator's token; Pulumi itself logs in nowhere by this account.
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: ACCOUNT, namespace, labels } },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: `${namespace}:${ACCOUNT}:system:auth-delegator`, labels },
      roleRef: { apiGroup: group, kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [subject],
    },
    {
      apiVersion: `${group}/v1`,
      kind: "Role",
      metadata: { name: RUNNER, namespace, labels },
      rules: [
        { apiGroups: ["pulumi.com"], resources: ["stacks"], verbs: ["get", "create", "patch", "delete"] },
        { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["get", "create", "patch"] },
      ],
    },
  ];
}

/** Keeps what a cluster's workspaces write into `.kpaas/`: host keys, facts, and what is known of operations that broke off. */
export function claimResource(fleet: string, { name }: Pick<ExportedCluster, "name">, { namespace }: Workspaces): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: keptName(name), namespace, labels: labelsOf(fleet, name) },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  };
}

/** The Stack that brings one stack of a cluster up. */
export function stackResource(
  fleet: string,
  cluster: Pick<ExportedCluster, "name">,
  stack: ExportedStack,
  settings: Workspaces,
  { prerequisites = [], request, approve }: StackOptions = {},
): KubernetesObject {
  const { namespace, backend, repository, directory, gitSecret, commit } = settings;
  return {
    apiVersion: "pulumi.com/v1",
    kind: "Stack",
    metadata: {
      name: resourceName(stack),
      namespace,
      labels: labelsOf(fleet, cluster.name),
      ...(request === undefined ? {} : { annotations: { [REQUEST]: request } }),
    },
    spec: {
      stack: stack.name,
      backend,
      ...(stack.secretsProvider === undefined ? {} : { secretsProvider: stack.secretsProvider }),
      projectRepo: repository,
      ...(directory === undefined ? {} : { repoDir: directory }),
      commit,
      ...(gitSecret === undefined ? {} : { gitAuth: { accessToken: { type: "Secret", secret: { name: gitSecret, key: "token" } } } }),
      ...(approve === undefined ? {} : { config: { "kpaas:approve": approve.join(",") } }),
      // Whoever deletes a Stack takes no cluster down.
      destroyOnFinalize: false,
      ...(prerequisites.length === 0 ? {} : { prerequisites: prerequisites.map((name) => ({ name })) }),
      serviceAccountName: ACCOUNT,
      // The pod has the cluster's credentials: it goes when they are not needed any more.
      workspaceReclaimPolicy: "Delete",
      workspaceTemplate: { spec: workspaceSpec(cluster.name, settings) },
    },
  };
}

/** Whose a resource is. */
function labelsOf(fleet: string, cluster?: string): Record<string, string> {
  return {
    "app.kubernetes.io/managed-by": "kpaas",
    "app.kubernetes.io/part-of": fleet,
    ...(cluster === undefined ? {} : { "app.kubernetes.io/instance": cluster }),
  };
}

/** A word for one attempt of one run, which the same attempt has again however often it is sent. */
export function requestOf(run: string, attempt: number): string {
  return contentDigest({ run, attempt }).slice(0, 16);
}

function workspaceSpec(cluster: string, { image, directory }: Workspaces): object {
  const kept = [SOURCE, directory, ".kpaas"].filter((part) => part !== undefined).join("/");
  return {
    image,
    securityProfile: "restricted",
    envFrom: [{ secretRef: { name: keptName(cluster) } }],
    resources: { requests: { cpu: "500m", memory: "2Gi" }, limits: { memory: "4Gi" } },
    podTemplate: {
      spec: {
        securityContext: { fsGroup: USER },
        containers: [{ name: "pulumi", volumeMounts: [{ name: "kept", mountPath: kept }] }],
        volumes: [{ name: "kept", persistentVolumeClaim: { claimName: keptName(cluster) } }],
      },
    },
  };
}
