import { blockClass, defineService, keptData } from "../define-service";
import { postgresqlBackup } from "./backup";
import { refusedDatabases } from "./claims";

export const postgresql = defineService({
  name: "postgresql",
  title: "PostgreSQL",
  about: "keeps a database, with an account that owns it, for each service that claims one",
  replicas: { severalBy: "postgresOperator" },
  keeps: "data",
  backup: ({ replicas = 1 }) => postgresqlBackup(replicas > 1),
  rotates: ({ replicas }) =>
    replicas > 1
      ? [{ secret: "the accounts of its databases", how: "overlap", restarts: ["takers"] }]
      : [
          { secret: "the accounts of its databases", how: "overlap", restarts: ["itself", "takers"] },
          { secret: "the superuser's password, which is of use in its pod only", how: "one", restarts: ["itself"], seconds: 30 },
        ],
  away: ({ replicas }) => (replicas > 1 ? 0 : 30),
  needs: { storage: () => ({}), postgresOperator: () => ({}) },
  wants: {
    // Several members say themselves what they count, one by an exporter beside it.
    scrape: ({ replicas }) => {
      const several = replicas > 1;
      const workload = several ? "postgresql" : "postgresql-exporter";
      const label = several ? "cnpg.io/cluster" : "app.kubernetes.io/name";
      return {
        targets: {
          [several ? "server" : "exporter"]: { pods: { [label]: workload }, port: 9187, serverName: `${workload}.postgresql.svc` },
        },
      };
    },
  },
  programsWith: { scrape: ["exporter"] },
  programsOfOne: ["exporter"],
  offers: ["postgres"],
  speaks: { 5432: "TLS", 8000: "TLS", 9187: "TLS" },
  refuses: (_options, claims) => refusedDatabases(claims),
  unscraped: {
    postgresql: "the exporter beside it asks it",
  },
  calls: [],
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
        storageClass: blockClass(granted.storage),
        ...keptData(environment),
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
