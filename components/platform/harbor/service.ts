import { defineService } from "../define-service";

export const harbor = defineService({
  name: "harbor",
  title: "Harbor",
  about: "keeps container images and charts, scans them, and hands them to whoever may have them",
  replicas: "profile",
  single: {
    "harbor-database": "the chart has one server, on a volume of one pod",
    "harbor-redis": "the chart has one server, on a volume of one pod",
    "harbor-trivy": "it looks for known faults, and has its list on a volume of one pod",
  },
  host: "harbor",
  keeps: "data",
  backup: {
    kind: "none",
    reason: "its database, its registry's volume and its keys have to be of one moment, and no Harbor has run here to try that on",
    remedy: "take the database, the volume and the Secret harbor-keys together, as docs/services/harbor.md says",
  },
  needs: { ingress: ({ host }) => ({ host }), storage: () => ({}) },
  create: (name, { common, granted, environment, tls }, opts) => {
    const { Harbor } = require("./harbor") as typeof import("./harbor");
    return new Harbor(
      name,
      {
        ...common,
        ingress: granted.ingress,
        storage: granted.storage,
        protectData: environment.protectData,
        retainData: environment.retain.includes("volumes"),
        ...(tls ? { trust: tls.trust } : {}),
      },
      opts,
    );
  },
});
