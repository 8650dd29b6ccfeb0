import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type { core, meta, networking } from "@pulumi/kubernetes/types/input";
import { type CustomResourceOptions, type Output, secret } from "@pulumi/pulumi";
import { apiPort } from "../../../model/plan/api-endpoint";
import type { PlannedArgs } from "../args";
import {
  containerSecurityContext,
  fromNamespace,
  imageOf,
  podSecurityContext,
  resourceRequirements,
  secretHash,
  selectorLabels,
} from "../objects";
import type { KubeflowArgs } from "./args";
import { KEYS, NAMES, PORTS, TRUST } from "./names";
import type { StoreReader } from "./parts/part";
import { partsOf } from "./parts/parts";
import { text } from "./programs";
import { RIGHTS } from "./rights";
import { launcherSettings, storeEndpoint, storeUser } from "./settings";

/** What runs of profiles are given. */
export interface Given {
  /** Whose certificate Kubeflow's programs show. */
  readonly ca: Output<string>;
  /** Of each profile its key of the store. Secret. */
  readonly keys: Readonly<Record<string, Output<string>>>;
}

/** Where and how what a profile has for runs is made. */
interface Place {
  readonly tenant: string;
  readonly args: PlannedArgs<KubeflowArgs>;
  readonly given: Given;
  readonly childName: (role: string) => string;
  readonly metadata: (workload: string, name: string) => meta.v1.ObjectMeta;
  readonly inside: CustomResourceOptions;
}

/** The port of the Service by which the UI asks for artifacts. */
const ARTIFACTS_PORT = 80;

/** What runs of pipelines take in the namespace of a profile: an account, the key of its part of the store, where that is, and whom they trust. */
export function createRuns({ tenant, args, given, childName, metadata, inside }: Place): void {
  const { namespace } = args.plan;
  const runner = metadata(NAMES.runner, NAMES.runner);
  // Runs get their token by it: nothing says so of their pods but their account.
  new ServiceAccount(childName("runner"), { metadata: runner, automountServiceAccountToken: true }, inside);
  new Role(childName("runner-role"), { metadata: runner, rules: [...(RIGHTS[NAMES.runner] ?? [])] }, inside);
  const subjects = [{ kind: "ServiceAccount", name: NAMES.runner, namespace: tenant }];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: NAMES.runner };
  new RoleBinding(childName("runner-binding"), { metadata: runner, roleRef, subjects }, inside);
  const hold = (role: string, name: string, data: Record<string, string | Output<string>>) =>
    new ConfigMap(childName(role), { metadata: metadata(NAMES.runner, name), data }, inside);
  hold("launcher", NAMES.launcher, launcherSettings(namespace, tenant));
  hold("trust", NAMES.trust, { [TRUST.inside]: given.ca });
  const key = given.keys[tenant];
  if (key === undefined) throw new Error(`Profile "${tenant}" has no key of the store.`);
  const keys = new Secret(
    childName("store-keys"),
    {
      metadata: metadata(NAMES.store, NAMES.storeKeys),
      type: "Opaque",
      stringData: secret({ [KEYS.user]: storeUser(tenant), [KEYS.secret]: key }),
    },
    inside,
  );
  for (const { account, secret: name, annotations, keys: fields } of storeReaders(args)) {
    const own = metadata(NAMES.store, name);
    const made = new Secret(
      childName(`${name}-keys`),
      {
        metadata: { ...own, annotations: annotations(storeEndpoint(namespace)) },
        type: "Opaque",
        stringData: secret({ [fields.user]: storeUser(tenant), [fields.key]: key }),
      },
      inside,
    );
    new ServiceAccount(
      childName(account),
      { metadata: metadata(NAMES.store, account), automountServiceAccountToken: false, secrets: [{ name }] },
      { ...inside, dependsOn: [made] },
    );
  }
  const selector = selectorLabels(NAMES.artifacts);
  new Service(
    childName("artifacts-service"),
    {
      metadata: { ...metadata(NAMES.artifacts, NAMES.artifacts), annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { type: "ClusterIP", selector: { ...selector }, ports: [{ name: "http", port: ARTIFACTS_PORT, targetPort: PORTS.ui }] },
    },
    inside,
  );
  const own = metadata(NAMES.artifacts, NAMES.artifacts);
  new Deployment(
    childName("artifacts"),
    {
      metadata: own,
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        selector: { matchLabels: { ...selector } },
        template: {
          metadata: { ...(own.labels ? { labels: own.labels } : {}), annotations: { "kpaas/read": secretHash(key) } },
          spec: artifactsPod(args, tenant),
        },
      },
    },
    { ...inside, dependsOn: [keys] },
  );
}

/** Parts whose pods in a profile read what its runs have made. */
function storeReaders({ shared }: PlannedArgs<KubeflowArgs>): StoreReader[] {
  return shared === undefined ? [] : partsOf(shared).flatMap(({ readsStore }) => readsStore ?? []);
}

/** The UI's program once more, which the UI alone meets: it reads the profile's part of the store by its key, and fetches from nowhere else. */
function artifactsPod({ plan }: PlannedArgs<KubeflowArgs>, tenant: string): core.v1.PodSpec {
  const probe = { tcpSocket: { port: PORTS.ui }, timeoutSeconds: 5 };
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurityContext(1000),
    containers: [
      {
        name: NAMES.artifacts,
        image: imageOf(plan, "ui"),
        env: [
          ...text({
            FRONTEND_SERVER_NAMESPACE: tenant,
            ...{ MINIO_NAMESPACE: plan.namespace, MINIO_HOST: NAMES.store, MINIO_PORT: String(PORTS.storeService), MINIO_SSL: "false" },
            ...{ ALLOWED_ARTIFACT_DOMAIN_REGEX: "^$", ALLOW_CUSTOM_VISUALIZATIONS: "false", DISABLE_GKE_METADATA: "true" },
          }),
          ...Object.entries({ MINIO_ACCESS_KEY: KEYS.user, MINIO_SECRET_KEY: KEYS.secret }).map(([name, each]) => ({
            name,
            valueFrom: { secretKeyRef: { name: NAMES.storeKeys, key: each } },
          })),
        ],
        ports: [{ name: "http", containerPort: PORTS.ui }],
        resources: resourceRequirements(plan.parts?.ui ?? plan.resources),
        securityContext: containerSecurityContext(),
        startupProbe: { ...probe, periodSeconds: 5, failureThreshold: 120 },
        readinessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3 },
        livenessProbe: { ...probe, periodSeconds: 20, failureThreshold: 3 },
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      },
    ],
    volumes: [{ name: "tmp", emptyDir: {} }],
  };
}

/**
 * Which ways out of a profile's namespace, and into it, pipelines take: runs to what keeps metadata and artifacts and to the Kubernetes API,
 * programs of its users to the door of Pipelines, and the UI to what shows it artifacts.
 */
export function runsWays(args: PlannedArgs<KubeflowArgs>): Record<string, networking.v1.NetworkPolicySpec> {
  const { plan, egress = [] } = args;
  const programs = fromNamespace(plan.namespace);
  const pods = (workload: string) => ({ podSelector: { matchLabels: { ...selectorLabels(workload) } } });
  const to = (workload: string, port: number) => ({ to: [{ ...programs, ...pods(workload) }], ports: [{ protocol: "TCP", port }] });
  const kubernetes = (egress as readonly networking.v1.NetworkPolicyEgressRule[]).filter(({ ports }) =>
    (ports as readonly networking.v1.NetworkPolicyPort[] | undefined)?.some(({ port }) => port === apiPort),
  );
  return {
    runs: {
      podSelector: { matchExpressions: [{ key: "workflows.argoproj.io/workflow", operator: "Exists" }] },
      policyTypes: ["Egress"],
      egress: [to(NAMES.metadata, PORTS.metadata), to(NAMES.store, PORTS.store), ...kubernetes],
    },
    "pipelines-door": { podSelector: {}, policyTypes: ["Egress"], egress: [to(NAMES.door, PORTS.door)] },
    artifacts: { ...pods(NAMES.artifacts), policyTypes: ["Egress"], egress: [to(NAMES.store, PORTS.store)] },
    ...Object.fromEntries(
      storeReaders(args).map(({ account, label }) => [
        `${account}-way`,
        {
          podSelector: { matchExpressions: [{ key: label, operator: "Exists" }] },
          policyTypes: ["Egress"],
          egress: [to(NAMES.store, PORTS.store)],
        },
      ]),
    ),
    "artifacts-shown": {
      ...pods(NAMES.artifacts),
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ ...programs, ...pods(NAMES.ui) }], ports: [{ protocol: "TCP", port: PORTS.ui }] }],
    },
  };
}
