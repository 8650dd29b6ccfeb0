import { existsSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { CamelCasePlugin, type Dialect, Kysely, type LogEvent, PGliteDialect, PostgresDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { makeFolder, PRIVATE_FOLDER } from "../../host/files";
import { NO_TRACES, type Traces } from "../trace/traces";
import { MIGRATIONS } from "./migrations";
import type { Tables } from "./tables";

/** Where the data are: in a folder, by the embedded PostgreSQL; on a server; or in memory, for tests. */
export type Place = { readonly folder: string } | { readonly url: string } | "memory";

/** Connections to a server that are kept. */
const CONNECTIONS = 10;
/** How long a statement, or a new connection, may take. */
const STATEMENT_MS = 30_000;
const CONNECT_MS = 10_000;
/** How long a transaction may stand still: of a service that was stopped in it the server ends it, and others go on. */
const IDLE_MS = 20_000;

/**
 * The embedded PostgreSQL is WebAssembly, and has a function for which V8's optimizing compiler takes half a gigabyte, some seconds after the start. What that
 * makes of it answers lists no faster; only what goes through a hundred thousand rows takes a third less time. So the first compiler's code stays
 * (node --v8-options).
 */
const ONE_COMPILER = "--no-wasm-tier-up --no-wasm-dynamic-tiering";

/** Raised where the database cannot be worked with: it does not answer, lets nobody in, or is of a later version. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
}

/** The database, with its tables as this version has them. The same SQL speaks to both kinds of it. */
export class Database {
  private constructor(readonly query: Kysely<Tables>) {}

  /**
   * Opens it and brings its tables up to date.
   * @param failed told of a connection that a server has ended
   * @param traces what is asked as a part of something is a span of it
   * @throws DatabaseError
   */
  static async open(place: Place, failed: (error: Error) => void = () => undefined, traces: Traces = NO_TRACES): Promise<Database> {
    const log = traces === NO_TRACES ? {} : { log: (event: LogEvent) => traceQuery(traces, event) };
    const query = new Kysely<Tables>({ dialect: await dialectOf(place, failed), plugins: [new CamelCasePlugin()], ...log });
    const database = new Database(query);
    try {
      await database.migrate();
      return database;
    } catch (error) {
      await query.destroy().catch(() => undefined);
      throw error instanceof DatabaseError ? error : unusable(error);
    }
  }

  /** Whether a service has worked with it. Makes nothing. */
  static async stands(place: Exclude<Place, "memory">): Promise<boolean> {
    if ("folder" in place) return existsSync(place.folder);
    const query = new Kysely<Tables>({ dialect: await dialectOf(place, () => undefined) });
    try {
      const { rows } = await sql<{ known: boolean }>`select to_regclass('kysely_migration') is not null as known`.execute(query);
      return rows[0]?.known === true;
    } finally {
      await query.destroy();
    }
  }

  /** Whether it answers. */
  async answers(): Promise<boolean> {
    return await sql`select 1`.execute(this.query).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await this.query.destroy();
  }

  private async migrate(): Promise<void> {
    // Several that start at once wait for each other: the migrator holds a lock of the database's own.
    const migrator = new Migrator({ db: this.query.withoutPlugins(), provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) return;
    const reason = error instanceof Error ? error.message : String(error);
    if (/corrupted migrations/.test(reason))
      throw new DatabaseError(`the database is of a later version of the service (${reason}): install that version`);
    throw error;
  }
}

/** Of several addresses that were tried Node says nothing but the code. */
function unusable(error: unknown): DatabaseError {
  const { message, code } = error as NodeJS.ErrnoException;
  return new DatabaseError(`the database cannot be worked with: ${message || code || String(error)}`, { cause: error });
}

/** Nothing of what was asked or answered is told but the verb and the table. */
function traceQuery(traces: Traces, { query: { sql: text }, queryDurationMillis: took, level }: LogEvent): void {
  if (traces.current() === undefined) return;
  const [verb = "sql"] = /^\s*\w+/.exec(text.toLowerCase()) ?? [];
  const [, table] = /\b(?:from|into|update)\s+"?(\w+)"?/.exec(text) ?? [];
  const attributes = {
    "db.system.name": "postgresql",
    "db.operation.name": verb.trim(),
    ...(table === undefined ? {} : { "db.collection.name": table }),
  };
  const name = [verb.trim(), table].filter(Boolean).join(" ");
  traces.begin(name, { kind: "client", attributes, from: Date.now() - took }).end({}, level === "error" ? "error" : undefined);
}

async function dialectOf(place: Place, failed: (error: Error) => void): Promise<Dialect> {
  if (place !== "memory" && "url" in place) {
    const { Pool } = await import("pg");
    const pool = new Pool({
      ...{ connectionString: place.url, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_MS },
      ...{ statement_timeout: STATEMENT_MS, idle_in_transaction_session_timeout: IDLE_MS, application_name: "kpaas" },
    });
    // A connection that ends would end the process, in use or not, where nobody listens to both.
    pool.on("connect", (client) => client.on("error", failed));
    pool.on("error", () => undefined);
    return new PostgresDialect({ pool });
  }
  setFlagsFromString(ONE_COMPILER);
  const { PGlite } = await import("@electric-sql/pglite");
  if (place === "memory") return new PGliteDialect({ pglite: new PGlite() });
  makeFolder(place.folder, PRIVATE_FOLDER);
  return new PGliteDialect({ pglite: new PGlite(place.folder) });
}
