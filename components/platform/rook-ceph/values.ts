import type { Labels } from "../../../model/plan/infrastructure-types";
import type { ServicePlan } from "../../../model/plan/types";
import { imageOf, repositoryAndTag } from "../objects";
import type { Values } from "../values";
import type { RookCephArgs } from "./args";
import { tolerations } from "./specs";

/** Values of the rook-ceph chart: the operator, the images of the drivers that mount what Ceph has, and the drivers, where no chart of their own has them. */
export function rookValues(plan: ServicePlan, ceph: RookCephArgs["ceph"]): Values {
  const image = (role: string) => repositoryAndTag(imageOf(plan, role));
  return {
    image: image("operator"),
    resources: plan.resources ?? {},
    // Claims of buckets are made where their pods are.
    enableOBCWatchOperatorNamespace: false,
    csi: {
      cephcsi: image("driver"),
      registrar: image("registrar"),
      provisioner: image("provisioner"),
      attacher: image("attacher"),
      resizer: image("resizer"),
      ...(plan.charts?.drivers === undefined ? ownDrivers(plan, ceph) : {}),
    },
    "ceph-csi-operator": { controllerManager: { manager: { image: image("driverOperator") } } },
  };
}

/** How Rook before 1.20 runs the drivers itself. */
function ownDrivers(plan: ServicePlan, { taints, machines }: RookCephArgs["ceph"]): Values {
  const borne = [...taints, ...(plan.tolerations ?? [])];
  return {
    provisionerReplicas: Math.min(2, machines.length),
    // They wait for definitions of snapshots, which nobody here brings.
    enableRBDSnapshotter: false,
    enableCephfsSnapshotter: false,
    enableNFSSnapshotter: false,
    enableVolumeGroupSnapshot: false,
    // Wherever pods may be, their volumes must be mounted.
    pluginTolerations: [{ operator: "Exists" }],
    ...(borne.length === 0 ? {} : { provisionerTolerations: tolerations([...new Set(borne)]) }),
    ...(plan.nodeSelector ? { provisionerNodeAffinity: labelsOf(plan.nodeSelector) } : {}),
  };
}

/** Labels as Rook's operator reads them: all of them. */
function labelsOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join("; ");
}
