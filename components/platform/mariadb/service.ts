import { offererOf } from "../../../model/registry";
import { defineService, EVERY_PROFILE } from "../define-service";
import { mariadbBackup } from "./backup";

export const mariadb = defineService({
  name: "mariadb",
  title: "MariaDB",
  about: "one database server, with a schema and an account for each service that claims one",
  profiles: EVERY_PROFILE,
  replicas: 1,
  keeps: "data",
  backup: mariadbBackup,
  needs: { storage: () => ({}) },
  offers: ["mysql"],
  create: (name, { common, granted, claims, environment }, opts) => {
    const { MariaDb } = require("./mariadb") as typeof import("./mariadb");
    const schemaOf = (kind: string): string | undefined => claims.mysql[offererOf(kind, environment.services)?.name ?? ""]?.schema;
    const schemas = Object.entries(claims.mysql).map(([user, { schema, reads = [], tables }]) => {
      const readable = reads.flatMap(({ of, ...read }) => {
        const from = schemaOf(of);
        return from === undefined ? [] : [{ schema: from, ...read }];
      });
      return [user, { schema, user, ...(readable.length > 0 ? { reads: readable } : {}), ...(tables ? { tables } : {}) }] as const;
    });
    return new MariaDb(
      name,
      {
        ...common,
        storageClass: granted.storage.block ?? granted.storage.className,
        protectData: environment.protectData,
        retainData: environment.retain.includes("volumes"),
        schemas: Object.fromEntries(schemas),
        clients: Object.values(claims.mysql).map(({ namespace }) => namespace),
      },
      opts,
    );
  },
  grants: { mysql: ({ databases }, consumer) => databases[consumer]! },
});
