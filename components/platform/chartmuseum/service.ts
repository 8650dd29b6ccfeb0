import { defineService, keptData, WHOLE_PROFILES } from "../define-service";
import { chartmuseumBackup } from "./backup";

export const chartmuseum = defineService({
  name: "chartmuseum",
  title: "ChartMuseum",
  about: "keeps Helm charts, for whoever logs in",
  profiles: WHOLE_PROFILES,
  // Its index is in the memory of the one that wrote it.
  replicas: 1,
  single: {
    chartmuseum: "its charts are on a volume of one pod; what is installed needs none of them",
  },
  host: "chartmuseum",
  keeps: "data",
  backup: chartmuseumBackup,
  // Its program takes one name and one password.
  rotates: [{ secret: "its one account's password", how: "one", restarts: ["itself", "takers"], seconds: 30 }],
  away: () => 30,
  needs: { ingress: ({ host }) => ({ host }), storage: () => ({}) },
  offers: ["charts"],
  speaks: { 8080: "TLS" },
  unscraped: "it says what it counts at its one port alone and without a log-in, so whoever reaches that from outside would read it too",
  calls: [],
  create: (name, { common, granted, environment }, opts) => {
    const { ChartMuseum } = require("./chartmuseum") as typeof import("./chartmuseum");
    return new ChartMuseum(
      name,
      {
        ...common,
        ingress: granted.ingress,
        storageClass: granted.storage.className,
        ...keptData(environment),
      },
      opts,
    );
  },
  grants: { charts: ({ repository }) => repository },
});
