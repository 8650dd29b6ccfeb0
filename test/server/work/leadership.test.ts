import { Database } from "../../../server/data/database";
import { temporaryFolders } from "../../support/temporary";
import { leadershipSuite } from "./leadership-suite";

describe("Services that share a database", () => {
  const folder = temporaryFolders();
  let database: Database | undefined;
  after(() => database?.close());

  // The embedded one has one connection, which all of them use here; `npm run e2e -- server-postgresql` has the same on a server.
  leadershipSuite(
    async () => {
      database ??= await Database.open("memory");
      const { query } = database;
      return { query, answers: async () => true, close: async () => undefined } as unknown as Database;
    },
    () => folder(),
  );
});
