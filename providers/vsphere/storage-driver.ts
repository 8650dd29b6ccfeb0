import type { PartObject, PartSurroundings } from "../../model/cloud-parts";
import { account, CONFINED, imageOf, ON_CONTROL_PLANES, PLAIN_USER, READ, type Rule, rule } from "../cluster-objects";
import { vsphereOf } from "./plan";

/** By what storage classes, kubelets and vCenter know the driver. */
export const PROVISIONER = "csi.vsphere.vmware.com";
/** What makes and attaches volumes, and keeps vCenter's records of them. */
export const CONTROLLER = "vsphere-csi-controller";
/** What mounts them, on every node. */
const NODE = "vsphere-csi-node";
export const CONFIG_SECRET = "vsphere-config";
/** Where the controller finds what is in that Secret. */
export const CONFIG_FOLDER = "/etc/cloud";

const FEATURES = "internal-feature-states.csi.vsphere.vmware.com";
/** What the driver keeps, by definitions that it makes itself; and where nodes ask it for their zones. */
const KEPT = ["cnsvolumeoperationrequests", "cnsvspherevolumemigrations"];
const ZONES = "csinodetopologies";
const CNS = "cns.vmware.com";

const SOCKET = { name: "socket", mountPath: "/csi" };
/** Who leads stays the same while an API server goes and another answers. */
const LEADING = [
  "--leader-election",
  "--leader-election-lease-duration=120s",
  "--leader-election-renew-deadline=60s",
  "--leader-election-retry-period=30s",
];
const OF_PODS = { name: "CSI_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } };

/** The objects of the driver: those of its project's manifest that a cluster of Linux without snapshots needs, with fewer rights. */
export function driverObjects(given: PartSurroundings): PartObject[] {
  return [
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "CSIDriver",
      clusterWide: true,
      metadata: { name: PROVISIONER },
      spec: { attachRequired: true, podInfoOnMount: false },
    },
    // What is not for everybody yet stays off.
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: FEATURES },
      data: { "trigger-csi-fullsync": "false", "pv-to-backingdiskobjectid-mapping": "false", "high-pv-node-density": "false" },
    },
    ...account(given.service.namespace, CONTROLLER, { inCluster: CONTROLLER_RULES, inNamespace: CONTROLLER_OWN }),
    ...account(given.service.namespace, NODE, { inCluster: NODE_RULES, inNamespace: NODE_OWN }),
    controller(given),
    ...(given.service.replicas > 1 ? [budget()] : []),
    node(given),
  ];
}

const CONTROLLER_RULES: readonly Rule[] = [
  rule("", "nodes pods", READ),
  rule("", "persistentvolumeclaims", [...READ, "update"]),
  rule("", "persistentvolumeclaims/status", ["patch"]),
  rule("", "persistentvolumes", [...READ, "create", "update", "patch", "delete"]),
  rule("", "events", [...READ, "create", "update", "patch"]),
  rule("storage.k8s.io", "storageclasses csinodes", READ),
  rule("storage.k8s.io", "volumeattachments", [...READ, "patch"]),
  rule("storage.k8s.io", "volumeattachments/status", ["patch"]),
  rule(CNS, KEPT.join(" "), [...READ, "create", "update", "delete"]),
  rule(CNS, ZONES, [...READ, "update"]),
  // It makes its own definitions; nobody else's are its to change.
  rule("apiextensions.k8s.io", "customresourcedefinitions", ["create"]),
  {
    ...rule("apiextensions.k8s.io", "customresourcedefinitions", ["get", "update"]),
    resourceNames: [...KEPT, ZONES].map((name) => `${name}.${CNS}`),
  },
];
/** In its own namespace: who leads, and the name that it makes up for the cluster. */
const CONTROLLER_OWN: readonly Rule[] = [
  rule("", "configmaps", [...READ, "create"]),
  rule("coordination.k8s.io", "leases", [...READ, "create", "update", "delete"]),
];
const NODE_RULES: readonly Rule[] = [rule(CNS, ZONES, ["create", "get", "watch", "patch"]), rule("", "nodes", ["get"])];
const NODE_OWN: readonly Rule[] = [rule("", "configmaps", READ)];

const KNOWN_BY = { matchLabels: { "app.kubernetes.io/name": CONTROLLER, "app.kubernetes.io/part-of": "k-paas" } };

function controller({ environment, service, image }: PartSurroundings): PartObject {
  const { zoneCategory } = vsphereOf(environment).storageDriver ?? {};
  const container = containers({ service, image });
  const sidecar = (name: string, role: string, ...args: string[]) =>
    container(name, role, {
      args: ["--v=2", "--csi-address=/csi/csi.sock", "--timeout=300s", "--kube-api-qps=100", "--kube-api-burst=100", ...LEADING, ...args],
      securityContext: CONFINED,
      volumeMounts: [SOCKET],
    });
  const own = (name: string, role: string, args: readonly string[], env: Readonly<Record<string, string>>, more: object) =>
    container(name, role, {
      args: [`--fss-name=${FEATURES}`, "--fss-namespace=$(CSI_NAMESPACE)", "--enable-profile-server=false", ...args],
      env: [
        ...variables({ ...env, VSPHERE_CSI_CONFIG: `${CONFIG_FOLDER}/csi-vsphere.conf`, LOGGER_LEVEL: "PRODUCTION" }),
        ...variables({ INCLUSTER_CLIENT_QPS: "100", INCLUSTER_CLIENT_BURST: "100" }),
        OF_PODS,
      ],
      securityContext: CONFINED,
      ...more,
    });
  const config = { name: "config", mountPath: CONFIG_FOLDER, readOnly: true };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: CONTROLLER },
    spec: {
      replicas: service.replicas,
      // No node takes two of them.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      template: {
        spec: {
          serviceAccountName: CONTROLLER,
          priorityClassName: "system-cluster-critical",
          ...ON_CONTROL_PLANES,
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: KNOWN_BY, topologyKey: "kubernetes.io/hostname" }],
            },
          },
          // vCenter's name is looked up as the machines look it up.
          dnsPolicy: "Default",
          securityContext: { ...PLAIN_USER, fsGroup: PLAIN_USER.runAsGroup },
          containers: [
            own(
              "driver",
              "driver",
              [],
              { CSI_ENDPOINT: "unix:///csi/csi.sock", X_CSI_MODE: "controller", ...SPARE, ...SERIAL },
              {
                volumeMounts: [config, SOCKET],
                ports: [{ name: "healthz", containerPort: 9808, protocol: "TCP" }],
                livenessProbe: {
                  httpGet: { path: "/healthz", port: "healthz" },
                  ...{ initialDelaySeconds: 30, timeoutSeconds: 10, periodSeconds: 180, failureThreshold: 3 },
                },
              },
            ),
            own("syncer", "syncer", SYNCER_LEADING, { FULL_SYNC_INTERVAL_MINUTES: "30" }, { volumeMounts: [config] }),
            sidecar("attacher", "attacher", "--worker-threads=100"),
            sidecar("resizer", "resizer", "--handle-volume-inuse-error=false"),
            sidecar(
              "provisioner",
              "provisioner",
              "--default-fstype=ext4",
              ...(zoneCategory === undefined ? [] : ["--feature-gates=Topology=true", "--strict-topology"]),
            ),
            container("liveness-probe", "livenessProbe", {
              args: ["--csi-address=/csi/csi.sock"],
              securityContext: CONFINED,
              volumeMounts: [SOCKET],
            }),
          ],
          volumes: [
            { name: "config", secret: { secretName: CONFIG_SECRET } },
            { name: "socket", emptyDir: {} },
          ],
        },
      },
    },
  };
}

/** Ids of volumes are longer than the specification has them; what is asked of one volume waits for what was asked before. */
const SPARE = { X_CSI_SPEC_DISABLE_LEN_CHECK: "true" };
const SERIAL = { X_CSI_SERIAL_VOL_ACCESS_TIMEOUT: "3m" };
const SYNCER_LEADING = [
  "--leader-election",
  "--leader-election-lease-duration=30s",
  "--leader-election-renew-deadline=20s",
  "--leader-election-retry-period=10s",
];

function budget(): PartObject {
  const spec = { maxUnavailable: 1, selector: KNOWN_BY };
  return { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: CONTROLLER }, spec };
}

function node({ service, image }: PartSurroundings): PartObject {
  const container = containers({ service, image });
  const folder = "/var/lib/kubelet/plugins/csi.vsphere.vmware.com";
  const registered = `--kubelet-registration-path=${folder}/csi.sock`;
  const plugin = { name: "plugin", mountPath: "/csi" };
  const host = (name: string, path: string, type?: string) => ({ name, hostPath: { path, ...(type === undefined ? {} : { type }) } });
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: NODE },
    spec: {
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      template: {
        spec: {
          serviceAccountName: NODE,
          priorityClassName: "system-node-critical",
          nodeSelector: { "kubernetes.io/os": "linux" },
          tolerations: [{ operator: "Exists" }],
          // Volumes are mounted before there is a network of pods, too.
          hostNetwork: true,
          dnsPolicy: "ClusterFirstWithHostNet",
          containers: [
            container("driver", "driver", {
              args: [`--fss-name=${FEATURES}`, "--fss-namespace=$(CSI_NAMESPACE)"],
              env: [
                { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
                ...variables({ CSI_ENDPOINT: "unix:///csi/csi.sock", X_CSI_MODE: "node", X_CSI_SPEC_REQ_VALIDATION: "false", ...SPARE }),
                ...variables({ LOGGER_LEVEL: "PRODUCTION", NODEGETINFO_WATCH_TIMEOUT_MINUTES: "1" }),
                // Up to 3.6 it is told how many disks a machine takes; later it knows.
                ...(service.version.startsWith("3.6.") ? variables({ MAX_VOLUMES_PER_NODE: "59" }) : []),
                OF_PODS,
              ],
              securityContext: { privileged: true },
              volumeMounts: [
                plugin,
                { name: "kubelet", mountPath: "/var/lib/kubelet", mountPropagation: "Bidirectional" },
                { name: "devices", mountPath: "/dev" },
                { name: "blocks", mountPath: "/sys/block" },
                { name: "system-devices", mountPath: "/sys/devices" },
              ],
              livenessProbe: {
                httpGet: { host: "127.0.0.1", path: "/healthz", port: 9808 },
                ...{ initialDelaySeconds: 10, timeoutSeconds: 5, periodSeconds: 5, failureThreshold: 3 },
              },
            }),
            container("registrar", "registrar", {
              args: ["--v=2", "--csi-address=/csi/csi.sock", registered],
              securityContext: CONFINED,
              volumeMounts: [plugin, { name: "registration", mountPath: "/registration" }],
              livenessProbe: {
                exec: { command: ["/csi-node-driver-registrar", registered, "--mode=kubelet-registration-probe"] },
                initialDelaySeconds: 3,
              },
            }),
            // Nobody but this node's kubelet asks, and the port is the machine's.
            container("liveness-probe", "livenessProbe", {
              args: ["--csi-address=/csi/csi.sock", "--http-endpoint=127.0.0.1:9808"],
              securityContext: CONFINED,
              volumeMounts: [plugin],
            }),
          ],
          volumes: [
            host("registration", "/var/lib/kubelet/plugins_registry", "Directory"),
            host("plugin", folder, "DirectoryOrCreate"),
            host("kubelet", "/var/lib/kubelet", "Directory"),
            host("devices", "/dev"),
            host("blocks", "/sys/block", "Directory"),
            host("system-devices", "/sys/devices", "Directory"),
          ],
        },
      },
    },
  };
}

/** Makes containers with the resources that each of the service's has. */
function containers({ service, image }: Pick<PartSurroundings, "service" | "image">) {
  return (name: string, role: string, more: object) => {
    return { name, image: imageOf({ image }, role), resources: service.resources ?? {}, ...more };
  };
}

function variables(values: Readonly<Record<string, string>>): { readonly name: string; readonly value: string }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
