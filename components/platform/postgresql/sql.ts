import { passwordOf } from "../database/statements";
import type { DatabaseSpec } from "./args";
import { SUPERUSER } from "./config";

/** What an account is: it logs in, and owns its database. */
const OWNER = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

/**
 * Brings databases, accounts, passwords and rights to what is wanted, from whatever there is. The pod runs it as the superuser before the
 * server takes connections: so no account that can be reached may make or change accounts, and a right that is no longer wanted goes.
 */
export function accountsSql(
  databases: readonly DatabaseSpec[],
  passwords: Readonly<Record<string, string>>,
  superuserPassword: string,
): string {
  const statements = [
    "SET password_encryption = 'scram-sha-256';",
    `ALTER ROLE ${identifier(SUPERUSER)} PASSWORD ${text(superuserPassword)};`,
    ...["postgres", "template1"].map((database) => `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`),
    ...databases.flatMap((spec) => ownerSql(spec, passwordOf(spec.user, passwords))),
    ...databases.flatMap(({ database }) => [`\\connect ${identifier(database)}`, ...closedSql(database)]),
  ];
  return `${statements.join("\n")}\n`;
}

function ownerSql({ database, user }: DatabaseSpec, password: string): string[] {
  const [owner, own] = [account(user), databaseName(database)];
  return [
    `SELECT ${text(`CREATE ROLE ${owner}`)} WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${text(user)}) \\gexec`,
    `ALTER ROLE ${owner} ${OWNER} PASSWORD ${text(password)};`,
    // Membership is how rights come that are no attribute.
    `SELECT format('REVOKE %I FROM %I', r.rolname, m.rolname) FROM pg_auth_members JOIN pg_roles r ON r.oid = roleid JOIN pg_roles m ON m.oid = member WHERE m.rolname = ${text(user)} \\gexec`,
    // Settings that an earlier state left to it could turn its statements elsewhere.
    `ALTER ROLE ${owner} RESET ALL;`,
    `SELECT ${text(`CREATE DATABASE ${own} OWNER ${owner}`)} WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${text(database)}) \\gexec`,
    `ALTER DATABASE ${own} OWNER TO ${owner};`,
  ];
}

/** Closes a database, and the schema that everything is made in, to all but its owner, who may run this too. */
export function closedSql(database: string): string[] {
  return [`REVOKE ALL ON DATABASE ${databaseName(database)} FROM PUBLIC;`, "REVOKE ALL ON SCHEMA public FROM PUBLIC;"];
}

/** What a client needs to work in a database as its owner, as the file of services that libpq reads. Secret. */
export function clientSettings(
  { database, user }: DatabaseSpec,
  passwords: Readonly<Record<string, string>>,
  server: { readonly host: string; readonly port: number; readonly caFile: string },
): string {
  const { host, port, caFile } = server;
  const password = passwordOf(user, passwords);
  const settings = { host, port, dbname: database, user, password, sslmode: "verify-full", sslrootcert: caFile };
  return ["[owner]", ...Object.entries(settings).map(([key, value]) => `${key}=${value}`), ""].join("\n");
}

/** Names of the server's own databases, which nobody claims. */
const RESERVED = ["postgres", "template0", "template1"];

function databaseName(name: string): string {
  if (!/^[A-Za-z0-9_]{1,63}$/.test(name) || RESERVED.includes(name))
    throw new Error(`"${name}" is no name of a database of ours; it must be letters, digits and "_", and none of ${RESERVED.join(", ")}.`);
  return identifier(name);
}

function account(user: string): string {
  if (!/^[A-Za-z0-9_]{1,63}$/.test(user) || user === SUPERUSER || user.startsWith("pg_"))
    throw new Error(`"${user}" is no account name; it must be letters, digits and "_", neither "${SUPERUSER}" nor begin with "pg_".`);
  return identifier(user);
}

function identifier(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

function text(value: string): string {
  return `'${value.replace(/'/g, "''")}'`;
}
