import { defineService } from "../define-service";

export const harbor = defineService({
  name: "harbor",
  title: "Harbor",
  about: "keeps container images and charts, scans them, and hands them to whoever may have them",
  replicas: "profile",
  autoscaling: () => ({
    by: "nobody",
    reason: "its chart writes the number of each part at every change, and would take away what the load had added",
  }),
  host: "harbor",
  keeps: "data",
  backup: {
    kind: "none",
    reason: "its database, its registry's volume and its keys have to be of one moment, and no Harbor has run here to try that on",
    remedy: "take the database, the volume and the Secret harbor-keys together, as docs/services/harbor.md says",
  },
  needs: { ingress: ({ host }) => ({ host }), storage: () => ({}), trust: ({ host }) => ({ pulledFrom: host }) },
  calls: [],
  create: (name, { common, granted, environment }, opts) => {
    const { Harbor } = require("./harbor") as typeof import("./harbor");
    return new Harbor(
      name,
      {
        ...common,
        ingress: granted.ingress,
        storage: granted.storage,
        protectData: environment.protectData,
        retainData: environment.retain.includes("volumes"),
        ...(granted.trust.certificates ? { trust: granted.trust.certificates } : {}),
      },
      opts,
    );
  },
});
