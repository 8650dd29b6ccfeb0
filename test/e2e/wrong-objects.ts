import { DEPLOYMENT, deployment, type Fields, NAMESPACE, SERVICE } from "../sandbox/kubernetes/world";

/** What is wrong, the type, the object, and what is said of it. */
export type WrongObject = readonly [what: string, type: string, object: Fields, words: RegExp];

const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";
const BUDGET = "kubernetes:policy/v1:PodDisruptionBudget";
const SECRET = "kubernetes:core/v1:Secret";
const RBAC = "kubernetes:rbac.authorization.k8s.io/v1";

const metadata = { name: "wrong" };
const container = (change: Fields): Fields => deployment("wrong", { container: change });
const pod = (change: Fields): Fields => deployment("wrong", { pod: change });
const spec = (change: Fields): Fields => deployment("wrong", { spec: change });
const service = (change: Fields): Fields => ({ metadata, spec: { ports: [{ port: 80 }], ...change } });
const backend = { service: { name: "web", port: { number: 80 } } };
const path = (one: Fields): Fields => ({ metadata, spec: { rules: [{ host: "x.example.org", http: { paths: [one] } }] } });
const ingressFrom = (rule: Fields): Fields => ({ metadata, spec: { podSelector: {}, ingress: [rule] } });

/** What the API server refuses, at a preview already. */
export const REFUSED: readonly WrongObject[] = [
  ["a name with capitals", DEPLOYMENT, { ...deployment("Web") }, /metadata\.name: Invalid value: "Web": a lowercase RFC 1123 subdomain/],
  ["a namespace with a dot", NAMESPACE, { metadata: { name: "a.b" } }, /metadata\.name: Invalid value: "a\.b"/],
  [
    "an annotation too long",
    DEPLOYMENT,
    { ...spec({}), metadata: { ...metadata, annotations: { a: "x".repeat(300_000) } } },
    /metadata\.annotations: Too long/,
  ],
  [
    "a label that is none",
    SERVICE,
    { ...service({}), metadata: { ...metadata, labels: { a: "b c" } } },
    /metadata\.labels: Invalid value: "b c"/,
  ],
  ["no spec", DEPLOYMENT, { metadata }, /spec\.selector: Required value/],
  ["a field that does not exist", DEPLOYMENT, spec({ replica: 2 }), /\.spec\.replica: field not declared in schema/],
  [
    "a field of a container that does not exist",
    DEPLOYMENT,
    container({ imagePullPolice: "Always" }),
    /imagePullPolice: field not declared in schema/,
  ],
  ["a text for a number", DEPLOYMENT, spec({ replicas: "two" }), /\.spec\.replicas: expected numeric/],
  [
    "a selector of other pods",
    DEPLOYMENT,
    spec({ selector: { matchLabels: { app: "other" } } }),
    /`selector` does not match template `labels`/,
  ],
  ["fewer than no replicas", DEPLOYMENT, spec({ replicas: -1 }), /spec\.replicas: Invalid value: -1/],
  ["no container", DEPLOYMENT, pod({ containers: [] }), /spec\.template\.spec\.containers: Required value/],
  ["pods that end", DEPLOYMENT, pod({ restartPolicy: "Never" }), /restartPolicy: Unsupported value: "Never"/],
  [
    "a mount of no volume",
    DEPLOYMENT,
    container({ volumeMounts: [{ name: "data", mountPath: "/data" }] }),
    /volumeMounts\[0\]\.name: Not found: "data"/,
  ],
  ["a port out of range", DEPLOYMENT, container({ ports: [{ containerPort: 70_000 }] }), /containerPort: Invalid value: 70000/],
  ["a variable's name", DEPLOYMENT, container({ env: [{ name: "A=B", value: "1" }] }), /env\[0\]\.name: Invalid value/],
  [
    "a variable said twice over",
    DEPLOYMENT,
    container({ env: [{ name: "A", value: "1", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] }),
    /valueFrom: Invalid value: "": may not be specified when `value` is not empty/,
  ],
  [
    "a request above its limit",
    DEPLOYMENT,
    container({ resources: { requests: { memory: "2Gi" }, limits: { memory: "1Gi" } } }),
    /requests: Invalid value: "2Gi": must be less than or equal to memory limit/,
  ],
  [
    "a quantity that is none",
    DEPLOYMENT,
    container({ resources: { requests: { cpu: "1 core" } } }),
    /quantities must match|unable to parse quantity/,
  ],
  [
    "a schedule of four fields",
    "kubernetes:batch/v1:CronJob",
    {
      metadata,
      spec: {
        schedule: "0 0 * *",
        jobTemplate: { spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a:1" }] } } } },
      },
    },
    /spec\.schedule: Invalid value/,
  ],
  ["a Service without ports", SERVICE, service({ ports: [] }), /spec\.ports: Required value/],
  ["ports without names", SERVICE, service({ ports: [{ port: 80 }, { port: 443 }] }), /spec\.ports\[0\]\.name: Required value/],
  ["a type of Service", SERVICE, service({ type: "Balancer" }), /spec\.type: Unsupported value: "Balancer"/],
  [
    "source ranges",
    SERVICE,
    service({ type: "LoadBalancer", loadBalancerSourceRanges: ["10.0.0.0/33"] }),
    /loadBalancerSourceRanges.*Invalid value: .*10\.0\.0\.0\/33/i,
  ],
  ["an Ingress that leads nowhere", INGRESS, { metadata, spec: {} }, /either `defaultBackend` or `rules` must be specified/],
  ["a path without a type", INGRESS, path({ path: "/", backend }), /pathType: Required value/],
  ["a relative path", INGRESS, path({ path: "x", pathType: "Prefix", backend }), /path: Invalid value: "x": must be an absolute path/],
  [
    "a backend without a port",
    INGRESS,
    path({ path: "/", pathType: "Prefix", backend: { service: { name: "web" } } }),
    /port name or number is required/,
  ],
  ["a policy's protocol", POLICY, ingressFrom({ ports: [{ protocol: "ICMP", port: 80 }] }), /protocol: Unsupported value: "ICMP"/],
  ["a policy's port", POLICY, ingressFrom({ ports: [{ protocol: "TCP", port: 70_000 }] }), /port: Invalid value: 70000/],
  [
    "a policy's address range",
    POLICY,
    ingressFrom({ from: [{ ipBlock: { cidr: "10.0.0.0/40" } }] }),
    /cidr: Invalid value: "10\.0\.0\.0\/40"/,
  ],
  [
    "a negative budget",
    BUDGET,
    { metadata, spec: { minAvailable: -1, selector: { matchLabels: { a: "b" } } } },
    /spec\.minAvailable: Invalid value: -1/,
  ],
  [
    "a budget of two kinds",
    BUDGET,
    { metadata, spec: { minAvailable: 1, maxUnavailable: 1 } },
    /minAvailable and maxUnavailable cannot be both set/,
  ],
  [
    "a reclaim policy",
    STORAGE_CLASS,
    { metadata, provisioner: "example.org/none", reclaimPolicy: "Shred" },
    /reclaimPolicy: Unsupported value: "Shred"/,
  ],
  ["a class without a provisioner", STORAGE_CLASS, { metadata }, /provisioner: Required value/],
  [
    "a role that a cluster-wide binding cannot have",
    `${RBAC}:ClusterRoleBinding`,
    { metadata, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "x" } },
    /roleRef\.kind: Unsupported value: "Role"/,
  ],
  [
    "a rule without resources",
    `${RBAC}:Role`,
    { metadata, rules: [{ verbs: ["get"], apiGroups: [""] }] },
    /rules\[0\]\.resources: Required value/,
  ],
  [
    "a claim without a size",
    "kubernetes:core/v1:PersistentVolumeClaim",
    { metadata, spec: { accessModes: ["ReadWriteOnce"] } },
    /spec\.resources.*Required value/,
  ],
  [
    "a certificate without its key",
    SECRET,
    { metadata, type: "kubernetes.io/tls", stringData: { "tls.crt": "x" } },
    /data\[tls\.key\]: Required value/,
  ],
  ["a key with a blank", "kubernetes:core/v1:ConfigMap", { metadata, data: { "a b": "x" } }, /data\[a b\]: Invalid value/],
  [
    "a scale that falls",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    { metadata, spec: { minReplicas: 3, maxReplicas: 1, scaleTargetRef: { kind: "Deployment", name: "x", apiVersion: "apps/v1" } } },
    /spec\.maxReplicas: Invalid value: 1/,
  ],
  [
    "a definition's name",
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
    {
      metadata: { name: "gadgets.example.io" },
      spec: {
        group: "example.io",
        scope: "Namespaced",
        names: { kind: "Widget", plural: "widgets", singular: "widget", listKind: "WidgetList" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
      },
    },
    /metadata\.name: Invalid value: "gadgets\.example\.io"/,
  ],
];

/** What the API server takes and the scheduler places nowhere. */
export const UNPLACED: readonly WrongObject[] = [
  ["500 processors", DEPLOYMENT, container({ resources: { requests: { cpu: "500" } } }), /Insufficient cpu/],
  [
    "a host's port three times on two nodes",
    DEPLOYMENT,
    deployment("wrong", { spec: { replicas: 3 }, container: { ports: [{ containerPort: 80, hostPort: 8080 }] } }),
    /didn't have free ports for the requested pod ports/,
  ],
  [
    "a spread over a label that no node has",
    DEPLOYMENT,
    pod({
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "example.org/none",
          whenUnsatisfiable: "DoNotSchedule",
          labelSelector: { matchLabels: { app: "wrong" } },
        },
      ],
    }),
    /didn't match pod topology spread constraints \(missing required label\)/,
  ],
  ["a label that no node has", DEPLOYMENT, pod({ nodeSelector: { gpu: "true" } }), /didn't match Pod's node affinity\/selector/],
];

/** What admission refuses of pods that a controller makes, in a namespace that restricts them. */
export const RESTRICTED: readonly WrongObject[] = [
  [
    "the host's network",
    DEPLOYMENT,
    pod({ hostNetwork: true }),
    /violates PodSecurity "restricted:latest": host namespaces \(hostNetwork=true\)/,
  ],
  ["the superuser where none may be", DEPLOYMENT, container({ securityContext: { runAsNonRoot: true, runAsUser: 0 } }), /runAsUser=0/],
  ["an account that is not there", DEPLOYMENT, pod({ serviceAccountName: "portal" }), /serviceaccount "portal" not found/],
  ["a priority that is not there", DEPLOYMENT, pod({ priorityClassName: "high" }), /no PriorityClass with name high was found/],
];

/** What only a kubelet would refuse, which no sandbox has: the API server takes it, and simulated pods run. */
export const LEFT_TO_KUBELETS: readonly (readonly [what: string, type: string, object: Fields])[] = [
  ["a malformed image", DEPLOYMENT, container({ image: "registry.example.org/Web:1:2" })],
  [
    "a probe of a port that the container does not name",
    DEPLOYMENT,
    container({ readinessProbe: { httpGet: { path: "/", port: "admin" } } }),
  ],
  ["the superuser where none may be", DEPLOYMENT, container({ securityContext: { runAsNonRoot: true, runAsUser: 0 } })],
];
