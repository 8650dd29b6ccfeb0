import { defineService } from "../define-service";

export const nats = defineService({
  name: "nats",
  title: "NATS",
  about: "carries messages between services, and keeps the newest of them (JetStream)",
  replicas: "quorum",
  keeps: "data",
  backup: {
    kind: "none",
    reason: "its image holds the server alone, with no program that could read a stream",
    remedy: "back its streams up by `nats stream backup` from a pod of an account of theirs",
  },
  needs: { storage: () => ({}) },
  offers: ["messages"],
  create: (name, { common, granted, claims, environment }, opts) => {
    const { Nats } = require("./nats") as typeof import("./nats");
    return new Nats(
      name,
      {
        ...common,
        storageClass: granted.storage.block ?? granted.storage.className,
        protectData: environment.protectData,
        retainData: environment.retain.includes("volumes"),
        clients: Object.fromEntries(Object.entries(claims.messages).map(([client, { namespace }]) => [client, namespace])),
      },
      opts,
    );
  },
  grants: { messages: ({ access }, consumer) => access[consumer]! },
});
