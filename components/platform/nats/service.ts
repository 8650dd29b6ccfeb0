import { blockClass, defineService, keptData, namespacesOf } from "../define-service";

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
  rotates: [
    { secret: "the passwords of its accounts", how: "one", restarts: ["itself", "takers"], seconds: 60 },
    {
      secret: "the password of its members among themselves",
      how: "never",
      reason: "members with two of them would not find each other while they start anew; each shows its certificate too",
      remedy: "guard the Secret nats/nats-config, which alone has it",
    },
  ],
  away: ({ replicas }) => (replicas > 1 ? 0 : 15),
  needs: { storage: () => ({}) },
  wants: {
    scrape: () => ({
      targets: {
        exporter: { pods: { "app.kubernetes.io/name": "nats-exporter" }, port: 7777, serverName: "nats-exporter.nats.svc" },
      },
    }),
  },
  programsWith: { scrape: ["exporter"] },
  single: { "nats-exporter": "a second would count everything twice" },
  offers: ["messages"],
  speaks: { 4222: "TLS", 6222: "TLS", 7777: "TLS", 8222: "TLS" },
  unscraped: {
    nats: "the exporter beside it asks it",
  },
  calls: [],
  create: (name, { common, granted, claims, environment }, opts) => {
    const { Nats } = require("./nats") as typeof import("./nats");
    return new Nats(
      name,
      {
        ...common,
        storageClass: blockClass(granted.storage),
        ...keptData(environment),
        clients: namespacesOf(claims.messages),
      },
      opts,
    );
  },
  grants: { messages: ({ access }, consumer) => access[consumer]! },
});
