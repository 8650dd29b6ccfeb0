import type { Fields } from "../sandbox/kubernetes/world";

const metadata = { name: "frozen" };
const claim = (spec: Fields): Fields => ({
  metadata,
  spec: { accessModes: ["ReadWriteOnce"], storageClassName: "fast", resources: { requests: { storage: "2Gi" } }, ...spec },
});
const job = (spec: Fields): Fields => ({
  metadata,
  spec: { completions: 1, template: { spec: { restartPolicy: "Never", containers: [{ name: "main", image: "once:1" }] } }, ...spec },
});

/**
 * Changes that the provider takes for updates and the API server refuses: what, type, from, to, the server's words. They need a
 * StorageClass `fast`, which lets nothing grow.
 */
export const FROZEN_CASES: readonly (readonly [what: string, type: string, from: Fields, to: Fields, words: RegExp])[] = [
  [
    "a StorageClass's binding mode",
    "kubernetes:storage.k8s.io/v1:StorageClass",
    { metadata, provisioner: "example.org/none" },
    { metadata, provisioner: "example.org/none", volumeBindingMode: "WaitForFirstConsumer" },
    /volumeBindingMode: Invalid value.*field is immutable/,
  ],
  [
    "a StorageClass's reclaim policy",
    "kubernetes:storage.k8s.io/v1:StorageClass",
    { metadata, provisioner: "example.org/none", reclaimPolicy: "Delete" },
    { metadata, provisioner: "example.org/none", reclaimPolicy: "Retain" },
    /reclaimPolicy: Invalid value.*field is immutable/,
  ],
  [
    "a claim's volume mode",
    "kubernetes:core/v1:PersistentVolumeClaim",
    claim({ volumeMode: "Filesystem" }),
    claim({ volumeMode: "Block" }),
    /spec: Forbidden: spec is immutable after creation except resources\.requests and volumeAttributesClassName for bound claims/,
  ],
  [
    "a claim's size, to less",
    "kubernetes:core/v1:PersistentVolumeClaim",
    claim({}),
    claim({ resources: { requests: { storage: "1Gi" } } }),
    /spec\.resources\.requests\.storage: Forbidden: field can not be less than status\.capacity/,
  ],
  [
    "how a Job's completions count",
    "kubernetes:batch/v1:Job",
    job({ completionMode: "NonIndexed" }),
    job({ completionMode: "Indexed" }),
    /spec\.completionMode: Invalid value.*field is immutable/,
  ],
  [
    "an IngressClass's controller",
    "kubernetes:networking.k8s.io/v1:IngressClass",
    { metadata, spec: { controller: "example.org/a" } },
    { metadata, spec: { controller: "example.org/b" } },
    /spec\.controller: Invalid value.*field is immutable/,
  ],
  [
    "a PriorityClass's value",
    "kubernetes:scheduling.k8s.io/v1:PriorityClass",
    { metadata, value: 1 },
    { metadata, value: 2 },
    /value: Forbidden: may not be changed in an update/,
  ],
  [
    "a sealed ConfigMap's seal",
    "kubernetes:core/v1:ConfigMap",
    { metadata, data: { a: "1" }, immutable: true },
    { metadata, data: { a: "1" }, immutable: false },
    /immutable: Forbidden: field is immutable when `immutable` is set/,
  ],
];

/** The StorageClass the cases need. */
export const FAST: Fields = { metadata: { name: "fast" }, provisioner: "example.org/none", volumeBindingMode: "Immediate" };
