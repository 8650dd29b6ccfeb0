import type { CloudParts, PartObject, PartSurroundings } from "../../model/cloud-parts";
import type { EnvironmentPlan } from "../../model/plan/types";
import { account, CONFINED, imageOf, ON_CONTROL_PLANES, PLAIN_USER, READ, type Rule, rule } from "../cluster-objects";
import { controller as balancers } from "./controller";
import { DATA_DISK, gcpLabels, volumePrefix } from "./names";

const CONTROLLER = "csi-gce-pd-controller";
const NODE = "csi-gce-pd-node";

/** Where the driver answers, and kubelet looks for drivers. */
const SOCKET = "/csi/csi.sock";
const KUBELET = "/var/lib/kubelet";

const NAMESPACE = { name: "NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } };
const NODE_NAME = { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } };

/**
 * The controller for balancers, and the driver of persistent disks (github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver,
 * deploy/kubernetes/base), the latter without what nobody here uses: snapshots, whose definitions no cluster has, and the controller of GKE's taints.
 * What makes and attaches disks has the account of the control planes it runs on, in their own network; what mounts them asks the metadata for its
 * machine's name and zone alone.
 */
export const inCluster: CloudParts = {
  controller: balancers,
  volumes: {
    objects: (given) => [...accounts(given), DRIVER, controller(given), nodes(given)],
    // What it asks is behind HTTPS, as images and packages are.
    flows: () => [],
    provisioner: "pd.csi.storage.gke.io",
    parameters: (type) => ({ type: type ?? DATA_DISK }),
  },
};

const DRIVER: PartObject = {
  apiVersion: "storage.k8s.io/v1",
  kind: "CSIDriver",
  clusterWide: true,
  metadata: { name: "pd.csi.storage.gke.io" },
  spec: { attachRequired: true, podInfoOnMount: false },
};

/** What provisioner, attacher and resizer do, by their own manifests. */
const CONTROLLER_RULES: readonly Rule[] = [
  rule("", "persistentvolumes", [...READ, "create", "delete", "patch", "update"]),
  rule("", "persistentvolumeclaims", [...READ, "update"]),
  rule("", "persistentvolumeclaims/status", ["patch", "update"]),
  rule("", "events", ["list", "watch", "create", "patch", "update"]),
  rule("", "nodes", READ),
  rule("storage.k8s.io", "storageclasses csinodes volumeattributesclasses", READ),
  rule("storage.k8s.io", "volumeattachments", [...READ, "patch", "update"]),
  rule("storage.k8s.io", "volumeattachments/status", ["patch"]),
];

/** One of them at a time acts. */
const LEASES: readonly Rule[] = [rule("coordination.k8s.io", "leases", [...READ, "create", "delete", "update"])];

/** How many disks its node takes, and which are there, its labels and state say. */
const NODE_RULES: readonly Rule[] = [rule("", "nodes", ["get"])];

function accounts({ service: { namespace } }: PartSurroundings): PartObject[] {
  return [
    ...account(namespace, CONTROLLER, { inCluster: CONTROLLER_RULES, inNamespace: LEASES }),
    ...account(namespace, NODE, { inCluster: NODE_RULES }),
  ];
}

function controller(given: PartSurroundings): PartObject {
  const { environment, service } = given;
  const resources = service.resources ?? {};
  const mounted = { volumeMounts: [{ name: "socket", mountPath: "/csi" }] };
  /** Tells on the machine's own loopback alone whether it still does its work. */
  const sidecar = (role: string, port: number, args: readonly string[]) => ({
    name: `csi-${role}`,
    image: imageOf(given, role),
    args: [
      ...["--v=2", `--csi-address=${SOCKET}`, "--timeout=250s"],
      ...["--leader-election", "--leader-election-namespace=$(NAMESPACE)", `--http-endpoint=127.0.0.1:${port}`, ...args],
    ],
    env: [NAMESPACE],
    livenessProbe: {
      httpGet: { host: "127.0.0.1", path: "/healthz/leader-election", port },
      ...{ initialDelaySeconds: 10, timeoutSeconds: 10, periodSeconds: 20, failureThreshold: 3 },
    },
    securityContext: CONFINED,
    resources,
    ...mounted,
  });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: CONTROLLER },
    spec: {
      replicas: service.replicas,
      // Two on one machine would want the same ports of its loopback.
      strategy: { type: "Recreate" },
      template: {
        spec: {
          hostNetwork: true,
          serviceAccountName: CONTROLLER,
          priorityClassName: "system-cluster-critical",
          ...ON_CONTROL_PLANES,
          securityContext: { ...PLAIN_USER, fsGroup: PLAIN_USER.runAsGroup },
          containers: [
            sidecar("provisioner", 22011, [
              ...[
                "--feature-gates=Topology=true",
                "--extra-create-metadata",
                "--default-fstype=ext4",
                "--controller-publish-readonly=true",
              ],
              // What the role may change is called so.
              `--volume-name-prefix=${volumePrefix(environment)}`,
            ]),
            sidecar("attacher", 22012, []),
            sidecar("resizer", 22013, ["--handle-volume-inuse-error=false"]),
            {
              name: "driver",
              image: imageOf(given, "driver"),
              command: ["/gce-pd-csi-driver"],
              args: ["--v=2", `--endpoint=unix:${SOCKET}`, "--run-node-service=false", `--extra-labels=${marks(environment)}`],
              securityContext: CONFINED,
              resources,
              ...mounted,
            },
          ],
          volumes: [{ name: "socket", emptyDir: {} }],
        },
      },
    },
  };
}

/** The environment's labels, as every disk bears them. */
function marks({ environment, labels }: EnvironmentPlan): string {
  return Object.entries(gcpLabels({ ...labels, "kpaas-environment": environment }))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

function nodes(given: PartSurroundings): PartObject {
  const resources = given.service.resources ?? {};
  const plugin = `${KUBELET}/plugins/pd.csi.storage.gke.io`;
  /** Folders of the machine's, by the name of their volume; those that are mounted into go through both ways. */
  const folders: readonly (readonly [name: string, path: string, at: string, type: string, passes?: true])[] = [
    ["plugin", `${plugin}/`, "/csi", "DirectoryOrCreate"],
    ["staging", `${KUBELET}/plugins/kubernetes.io/csi`, `${KUBELET}/plugins/kubernetes.io/csi`, "DirectoryOrCreate", true],
    ["pods", `${KUBELET}/pods`, `${KUBELET}/pods`, "Directory", true],
    ["devices", "/dev", "/dev", "Directory"],
    // The machine's own udev says which device a disk is.
    ["udev-etc", "/etc/udev", "/etc/udev", "Directory"],
    ["udev-lib", "/lib/udev", "/lib/udev", "Directory"],
    ["udev-run", "/run/udev", "/run/udev", "Directory"],
    ["sys", "/sys", "/sys", "Directory"],
  ];
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: NODE },
    spec: {
      template: {
        spec: {
          hostNetwork: true,
          serviceAccountName: NODE,
          priorityClassName: "system-node-critical",
          nodeSelector: { "kubernetes.io/os": "linux" },
          // Volumes are mounted wherever pods run.
          tolerations: [{ operator: "Exists" }],
          containers: [
            {
              name: "registrar",
              image: imageOf(given, "registrar"),
              args: ["--v=2", `--csi-address=${SOCKET}`, `--kubelet-registration-path=${plugin}/csi.sock`],
              securityContext: CONFINED,
              resources,
              volumeMounts: [
                { name: "plugin", mountPath: "/csi" },
                { name: "registration", mountPath: "/registration" },
              ],
            },
            {
              name: "driver",
              image: imageOf(given, "driver"),
              args: ["--v=2", `--endpoint=unix:${SOCKET}`, "--run-controller-service=false", "--node-name=$(NODE_NAME)"],
              env: [NODE_NAME],
              // It mounts, and so has every right on its machine.
              securityContext: { privileged: true },
              resources,
              volumeMounts: folders.map(([name, , mountPath, , passes]) => ({
                name,
                mountPath,
                ...(passes === undefined ? {} : { mountPropagation: "Bidirectional" }),
              })),
            },
          ],
          volumes: [
            { name: "registration", hostPath: { path: `${KUBELET}/plugins_registry/`, type: "Directory" } },
            ...folders.map(([name, path, , type]) => ({ name, hostPath: { path, type } })),
          ],
        },
      },
    },
  };
}
