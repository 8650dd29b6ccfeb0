import { defineService } from "../define-service";

export const storage = defineService({
  name: "storage",
  title: "NFS storage",
  about: "Makes volumes as folders of an NFS share",
  when: ({ platform }) => platform.storage.kind === "nfs",
  field: "platform.storage",
  replicas: 1,
  offers: ["storage"],
});
