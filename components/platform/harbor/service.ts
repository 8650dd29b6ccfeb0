import { defineService } from "../define-service";

export const harbor = defineService({
  name: "harbor",
  title: "Harbor",
  about: "keeps container images and charts, scans them, and hands them to whoever may have them",
  replicas: "profile",
  host: "harbor",
  keeps: "data",
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
