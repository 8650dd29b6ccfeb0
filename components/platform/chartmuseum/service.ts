import { defineService } from "../define-service";
import { chartmuseumBackup } from "./backup";

export const chartmuseum = defineService({
  name: "chartmuseum",
  title: "ChartMuseum",
  about: "keeps Helm charts, for whoever logs in",
  // Its index is in the memory of the one that wrote it.
  replicas: 1,
  host: "chartmuseum",
  keeps: "data",
  backup: chartmuseumBackup,
  needs: { ingress: ({ host }) => ({ host }), storage: () => ({}) },
  offers: ["charts"],
  calls: [],
  create: (name, { common, granted, environment }, opts) => {
    const { ChartMuseum } = require("./chartmuseum") as typeof import("./chartmuseum");
    return new ChartMuseum(
      name,
      {
        ...common,
        ingress: granted.ingress,
        storageClass: granted.storage.className,
        protectData: environment.protectData,
        retainData: environment.retain.includes("volumes"),
      },
      opts,
    );
  },
  grants: { charts: ({ repository }) => repository },
});
