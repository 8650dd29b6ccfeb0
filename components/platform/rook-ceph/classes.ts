import { CLASSES, NAMES } from "./names";

/** A storage class of Ceph's, as the API has it. */
export interface CephClass {
  readonly name: string;
  readonly byDefault: boolean;
  readonly provisioner: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether its volumes can grow; buckets have no size. */
  readonly grows: boolean;
}

/**
 * The classes: of files, which is the default as K-PaaS has it, since pods on several nodes can have its volumes at once; of blocks, for what
 * writes much and alone; and of buckets.
 */
export function cephClasses(namespace: string, className: string, buckets: boolean): CephClass[] {
  const driver = (kind: "rbd" | "cephfs") => ({
    provisioner: `${namespace}.${kind}.csi.ceph.com`,
    parameters: { clusterID: namespace, ...secrets(kind, namespace), "csi.storage.k8s.io/fstype": "ext4" },
    grows: true,
  });
  const [files, blocks] = [driver("cephfs"), driver("rbd")];
  return [
    {
      ...{ name: className, byDefault: true, ...files },
      parameters: { ...files.parameters, fsName: NAMES.files, pool: `${NAMES.files}-data0` },
    },
    {
      ...{ name: CLASSES.block, byDefault: false, ...blocks },
      parameters: { ...blocks.parameters, pool: NAMES.blocks, imageFormat: "2", imageFeatures: "layering" },
    },
    ...(buckets
      ? [
          {
            ...{ name: CLASSES.bucket, byDefault: false, grows: false },
            provisioner: `${namespace}.ceph.rook.io/bucket`,
            parameters: { objectStoreName: NAMES.objects, objectStoreNamespace: namespace },
          },
        ]
      : []),
  ];
}

/** The logins of the driver, which Rook makes: each may do what its part needs. */
function secrets(kind: "rbd" | "cephfs", namespace: string): Record<string, string> {
  const parts = {
    provisioner: "provisioner",
    "controller-expand": "provisioner",
    "controller-publish": "provisioner",
    "node-stage": "node",
  };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, whose]) => [
      [`csi.storage.k8s.io/${part}-secret-name`, `rook-csi-${kind}-${whose}`],
      [`csi.storage.k8s.io/${part}-secret-namespace`, namespace],
    ]),
  );
}
