import { defineService } from "../define-service";

export const cloudStorage = defineService({
  name: "cloudStorage",
  title: "the cloud's volumes",
  about: "makes volumes of the cloud's for claims, and attaches them",
  cloudPart: "volumes",
  when: ({ platform }) => platform.storage.kind === "cloud",
  field: "platform.storage",
  replicas: 1,
  needs: { cloud: ({ inCluster }) => ({ part: "volumes", metadata: inCluster.volumes?.asksMetadata ?? false }) },
  offers: ["storage"],
  stays: "what may change something in the cloud runs on control planes, and what mounts volumes on every node",
  unscraped: "its drivers say what they count in the nodes' network or not at all, by the cloud; how full volumes are kubelets say",
  calls: ["kubernetes", "outside"],
  create: (name, { common, granted, environment }, opts) => {
    const { CloudStorage } = require("./cloud-storage") as typeof import("./cloud-storage");
    const { storage } = environment.platform;
    const [first, ...others] = storage.kind === "cloud" ? storage.classes : [];
    if (first === undefined) throw new Error(`The plan has the service cloudStorage, but platform.storage.kind is ${storage.kind}.`);
    return new CloudStorage(name, { ...common, cloud: granted.cloud, environment, classes: [first, ...others] }, opts);
  },
  grants: { storage: ({ className }) => ({ className }) },
});
