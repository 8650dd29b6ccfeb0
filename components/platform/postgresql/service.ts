import { defineService } from "../define-service";

export const postgresql = defineService({
  name: "postgresql",
  title: "PostgreSQL",
  about: "keeps a database, with an account that owns it, for each service that claims one",
  replicas: { severalBy: "postgresOperator" },
  keeps: "data",
  backup: {
    kind: "none",
    reason: "its commands have not been tried yet, on one server or on several members",
    remedy: "`pg_dump` of each database by its owner, from a pod that may reach it",
  },
  needs: { storage: () => ({}), postgresOperator: () => ({}) },
  offers: ["postgres"],
  create: (name, { common, granted, claims, environment, tls }, opts) => {
    const { PostgreSql } = require("./postgresql") as typeof import("./postgresql");
    const databases = Object.entries(claims.postgres).map(([user, { database, tables }]) => [
      user,
      { database, user, ...(tables ? { tables } : {}) },
    ]);
    return new PostgreSql(
      name,
      {
        ...common,
        storageClass: granted.storage.block ?? granted.storage.className,
        protectData: environment.protectData,
        retainData: environment.retain.includes("volumes"),
        databases: Object.fromEntries(databases),
        clients: Object.values(claims.postgres).map(({ namespace }) => namespace),
        podCidr: environment.network.podCidr,
        ...(common.plan.replicas > 1 ? { operator: granted.postgresOperator } : {}),
        ...(tls?.authority ? { authority: tls.authority } : {}),
      },
      opts,
    );
  },
  grants: { postgres: ({ databases }, consumer) => databases[consumer]! },
});
