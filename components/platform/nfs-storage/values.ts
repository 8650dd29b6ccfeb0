import type { PlannedArgs } from "../args";
import { imageOf, repositoryAndTag } from "../objects";
import type { Values } from "../values";
import type { NfsStorageArgs } from "./args";

/** The provisioner's name in the storage class; K-PaaS's own, so that its volumes are taken over. */
const PROVISIONER = "cp-nfs-provisioner";

/** Values of the nfs-subdir-external-provisioner chart. */
export function nfsStorageValues({ plan, server, path, className }: PlannedArgs<NfsStorageArgs>): Values {
  return {
    image: repositoryAndTag(imageOf(plan, "provisioner")),
    replicaCount: plan.replicas,
    resources: plan.resources ?? {},
    nfs: { server, path },
    storageClass: {
      create: true,
      name: className,
      provisionerName: PROVISIONER,
      defaultClass: true,
      // Deleting a claim must not delete the data: the folder stays on the server.
      reclaimPolicy: "Retain",
      archiveOnDelete: false,
      // Folders of one export have no size of their own.
      allowVolumeExpansion: false,
    },
    // It makes the folders as whoever the server takes root for. Root in its container has no right beyond a plain user's.
    podSecurityContext: { seccompProfile: { type: "RuntimeDefault" } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    podDisruptionBudget: { enabled: plan.replicas > 1, maxUnavailable: 1 },
  };
}
