import { defineService } from "../define-service";

export const storage = defineService({
  name: "storage",
  title: "NFS storage",
  about: "makes volumes as folders of an NFS share",
  when: ({ platform }) => platform.storage.kind === "nfs",
  field: "platform.storage",
  replicas: 1,
  single: {
    "nfs-subdir-external-provisioner": "it makes volumes; those that are made are used without it",
  },
  offers: ["storage"],
  unscraped: "its program has no setting for it; how full volumes are kubelets say",
  calls: ["kubernetes"],
  create: (name, { common, environment }, opts) => {
    const { NfsStorage } = require("./nfs-storage") as typeof import("./nfs-storage");
    const { storage, storageClass } = environment.platform;
    if (storage.kind !== "nfs") throw new Error("The plan has the service storage, but platform.storage.kind is existing.");
    return new NfsStorage(name, { ...common, server: storage.server, path: storage.path, className: storageClass }, opts);
  },
  grants: { storage: ({ className }) => ({ className, shared: true }) },
});
