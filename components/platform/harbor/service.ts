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
  rotates: [
    { secret: "what its parts know each other by", how: "one", restarts: ["itself"], seconds: 60 },
    {
      secret: "its administrator's password",
      how: "never",
      reason: "Harbor reads it at its first start, and keeps it itself from then on",
      remedy: "change it in Harbor; `kpaas outputs` goes on showing the first one",
    },
    {
      secret: "the key that it stores others' credentials by",
      how: "never",
      reason: "they are lost without it, and Harbor writes them anew by no other",
      remedy: "keep the Secret harbor/harbor-keys, and exchange the credentials that it stores",
    },
    {
      secret: "its database's password",
      how: "never",
      reason: "the database reads it at its first start only",
      remedy: "guard the Secret harbor/harbor-database-login; none but Harbor's own pods reaches the database",
    },
    {
      secret: "the key that signs its clients' tokens",
      how: "never",
      reason: "it is no password, and a token ends after half an hour",
      remedy: "keep the Secret harbor/harbor-keys",
    },
  ],
  away: () => 60,
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
