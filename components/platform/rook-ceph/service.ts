import { MEASURED_OPENLY } from "../../../model/service";
import { defineService, keptData } from "../define-service";

export const rookCeph = defineService({
  name: "rookCeph",
  title: "Rook-Ceph",
  about: "keeps volumes, and buckets where they are wanted, on disks of the cluster's own machines, each block on several of them",
  when: ({ platform }) => platform.storage.kind === "rookCeph",
  field: "platform.storage",
  replicas: 1,
  refusesKubernetes: true,
  oneMinorAtATime: true,
  wants: {
    scrape: () => ({ targets: { cluster: { pods: { app: "rook-ceph-mgr" }, port: 9283 } } }),
  },
  offers: ["storage"],
  speaks: {
    3300: "encrypted by Ceph's own protocol (msgr2, secure)",
    "6800-7568": "encrypted by Ceph's own protocol (msgr2, secure)",
    443: "TLS",
    9283: MEASURED_OPENLY,
  },
  unscraped: {
    "rook-ceph-operator": "how Ceph is the manager says",
    "ceph-csi-controller-manager": "it sets drivers up, which kubelets and Kubernetes say more of",
  },
  calls: ["kubernetes"],
  create: (name, { common, environment, devices, tls }, opts) => {
    const { RookCeph } = require("./rook-ceph") as typeof import("./rook-ceph");
    const { storage, storageClass } = environment.platform;
    if (storage.kind !== "rookCeph") throw new Error(`The plan has the service rookCeph, but platform.storage.kind is ${storage.kind}.`);
    return new RookCeph(
      name,
      {
        ...common,
        ceph: storage,
        devices,
        className: storageClass,
        ...keptData(environment),
        ...(tls?.authority ? { authority: tls.authority } : {}),
      },
      opts,
    );
  },
  grants: { storage: ({ className, blockClassName }) => ({ className, shared: true, block: blockClassName }) },
});
