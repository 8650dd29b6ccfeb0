import { offererOf } from "../../../model/registry";
import { blockClass, defineService, EVERY_PROFILE, keptData } from "../define-service";
import type { SchemaSpec } from "./args";
import { mariadbBackup } from "./backup";
import { refusedSchemas } from "./claims";

export const mariadb = defineService({
  name: "mariadb",
  title: "MariaDB",
  about: "keeps a schema, with an account of its own, for each service that claims one",
  profiles: EVERY_PROFILE,
  replicas: { severalBy: "mysqlOperator" },
  keeps: "data",
  backup: mariadbBackup,
  rotates: ({ replicas }) =>
    replicas > 1
      ? [
          { secret: "the accounts of its schemas", how: "overlap", restarts: ["takers"] },
          {
            secret: "root's password",
            how: "never",
            reason: "its operator would change it on two of root's four hosts only",
            remedy: "from the network it is of use with the operator's certificate alone, which the operator renews",
          },
        ]
      : [
          { secret: "the accounts of its schemas", how: "overlap", restarts: ["itself", "takers"] },
          { secret: "root's password, which is of use in its pod only", how: "one", restarts: ["itself"], seconds: 30 },
        ],
  away: ({ replicas }) => (replicas > 1 ? 0 : 30),
  needs: { storage: () => ({}), mysqlOperator: () => ({}) },
  wants: {
    scrape: () => ({
      targets: {
        exporter: {
          pods: { "app.kubernetes.io/name": "mariadb-exporter" },
          port: 9104,
          serverName: "mariadb-exporter.mariadb.svc",
        },
      },
    }),
  },
  programsWith: { scrape: ["exporter"] },
  single: { "mariadb-exporter": "a second would count everything twice" },
  offers: ["mysql"],
  speaks: {
    3306: "TLS",
    9104: "TLS",
    4444: "TLS",
    4567: "TLS",
    4568: "TLS",
    5555: "TLS",
  },
  refuses: (_options, claims) => refusedSchemas(claims),
  unscraped: {
    mariadb: "the exporter beside it asks it",
  },
  calls: [],
  create: (name, { common, granted, claims, environment, tls }, opts) => {
    const { MariaDb } = require("./mariadb") as typeof import("./mariadb");
    const schemaOf = (kind: string): string | undefined => claims.mysql[offererOf(kind, environment.services)?.name ?? ""]?.schema;
    const schemas = Object.entries(claims.mysql).flatMap(([user, { schema, reads = [], tables, openly, accounts = {} }]) => {
      const readable = reads.flatMap(({ of, ...read }) => {
        const from = schemaOf(of);
        return from === undefined ? [] : [{ schema: from, ...read }];
      });
      const owner: SchemaSpec = {
        ...{ schema, user },
        ...(readable.length > 0 ? { reads: readable } : {}),
        ...(tables ? { tables } : {}),
        ...(openly ? { openly } : {}),
      };
      const others = Object.entries(accounts).map(([end, { tables: tableRights, ...how }]): SchemaSpec => {
        return { schema, user: besideName(user, end), tableRights, ...how };
      });
      return [owner, ...others].map((spec) => [spec.user, spec] as const);
    });
    return new MariaDb(
      name,
      {
        ...common,
        storageClass: blockClass(granted.storage),
        ...keptData(environment),
        schemas: Object.fromEntries(schemas),
        clients: Object.values(claims.mysql).map(({ namespace }) => namespace),
        ...(common.plan.replicas > 1 ? { operator: granted.mysqlOperator } : {}),
        ...(tls?.authority ? { authority: tls.authority } : {}),
      },
      opts,
    );
  },
  grants: {
    mysql: ({ databases }, consumer) => {
      const prefix = besideName(consumer, "");
      const beside = Object.entries(databases).filter(([name]) => name.startsWith(prefix));
      const accounts = beside.map(([name, { user, password }]) => [name.slice(prefix.length), { user, password }] as const);
      return { ...databases[consumer]!, ...(accounts.length === 0 ? {} : { accounts: Object.fromEntries(accounts) }) };
    },
  },
});

/** An account beside its owner's. No service has a `_` in its name. */
function besideName(owner: string, end: string): string {
  return `${owner}_${end}`;
}
