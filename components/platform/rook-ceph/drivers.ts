import type { ResourcesPlan, ServicePlan } from "../../../model/plan/types";
import type { Values } from "../values";
import type { RookCephArgs } from "./args";
import { tolerations } from "./specs";

/** Where the drivers' operator reads which images it runs: a ConfigMap of Rook's own chart. */
const IMAGES = "rook-csi-operator-image-set-configmap";

/** What the containers of a driver may take: what Rook's chart gave them when it ran them. */
const HELPER = amounts("100m", "128Mi", "256Mi");
const RESOURCES = {
  controller: { provisioner: HELPER, resizer: HELPER, attacher: HELPER, plugin: amounts("250m", "512Mi", "1Gi") },
  node: { registrar: amounts("50m", "128Mi", "256Mi"), plugin: amounts("250m", "512Mi", "1Gi") },
} as const;

function amounts(cpu: string, memory: string, limit: string): ResourcesPlan {
  return { requests: { cpu, memory }, limits: { memory: limit } };
}

/** Values of the chart ceph-csi-drivers: what makes volumes of files and of blocks, and mounts them, which Rook did itself before 1.20. */
export function driverValues(plan: ServicePlan, { taints, machines }: RookCephArgs["ceph"]): Values {
  const { namespace, nodeSelector } = plan;
  const borne = [...new Set([...taints, ...(plan.tolerations ?? [])])];
  const driver = (kind: "rbd" | "cephfs") => ({
    name: `${namespace}.${kind}.csi.ceph.com`,
    // As its operator has it by itself; the chart's own is a fifth, in which a large volume is not made.
    grpcTimeout: 150,
    // They wait for definitions of snapshots, which nobody here brings.
    snapshotPolicy: "none",
    // What it says is had as of every other pod, and not in files on the machines.
    log: { rotation: { enabled: false } },
    controllerPlugin: {
      replicas: Math.min(2, machines.length),
      priorityClassName: "system-cluster-critical",
      resources: RESOURCES.controller,
      ...(borne.length === 0 ? {} : { tolerations: tolerations(borne) }),
      ...(nodeSelector ? { affinity: affinityOf(nodeSelector) } : {}),
    },
    nodePlugin: {
      priorityClassName: "system-node-critical",
      resources: RESOURCES.node,
      // Wherever pods may be, their volumes must be mounted.
      tolerations: [{ operator: "Exists" }],
    },
  });
  return {
    operatorConfig: { namespace, driverSpecDefaults: { imageSet: { name: IMAGES } } },
    drivers: { rbd: driver("rbd"), cephfs: driver("cephfs"), nfs: { enabled: false }, nvmeof: { enabled: false } },
  };
}

/** On nodes of all these labels. */
function affinityOf(labels: NonNullable<ServicePlan["nodeSelector"]>): object {
  const matchExpressions = Object.entries(labels).map(([key, value]) => ({ key, operator: "In", values: [value] }));
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } } };
}
