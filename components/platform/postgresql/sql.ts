import { accountOf, formerAccounts } from "../database/accounts";
import { passwordOf } from "../database/statements";
import type { DatabaseSpec } from "./args";
import { accountProblem, databaseProblem } from "./claims";
import { SUPERUSER } from "./config";

/** What an account is: it logs in, and owns its database. */
const OWNER = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

/**
 * Brings databases, accounts, passwords and rights to what is wanted, from whatever there is. The pod runs it as the superuser before the
 * server takes connections: so no account that can be reached may make or change accounts, and a right that is no longer wanted goes.
 *
 * The first account of a name owns the database for ever; whoever takes its place works as it ({@link actAsOwnerSql}). Those that others have taken
 * the place of keep the password that they have, if any: it is their successors who take it ({@link endFormerSql}).
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

function ownerSql(spec: DatabaseSpec, password: string): string[] {
  const { database, user } = spec;
  const [owner, own] = [account(user), databaseName(database)];
  const [inUse, former] = [accountOf(spec), formerAccounts(spec)];
  return [
    ...former.flatMap((name) => accountSql(name)),
    ...accountSql(inUse, password),
    ...former.slice(1).map((name) => `GRANT ${owner} TO ${account(name)};`),
    ...former.map((name) => `GRANT ${account(name)} TO ${account(inUse)};`),
    ...[...former, inUse].slice(1).map((name) => roleSql(name, spec)),
    `SELECT ${text(`CREATE DATABASE ${own} OWNER ${owner}`)} WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${text(database)}) \\gexec`,
    `ALTER DATABASE ${own} OWNER TO ${owner};`,
  ];
}

/** @param password undefined: it keeps the one it has, if any */
function accountSql(user: string, password?: string): string[] {
  return [
    `SELECT ${text(`CREATE ROLE ${account(user)}`)} WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${text(user)}) \\gexec`,
    `ALTER ROLE ${account(user)} ${OWNER}${password === undefined ? "" : ` PASSWORD ${text(password)}`};`,
    // Membership is how rights come that are no attribute.
    `SELECT format('REVOKE %I FROM %I', r.rolname, m.rolname) FROM pg_auth_members JOIN pg_roles r ON r.oid = roleid JOIN pg_roles m ON m.oid = member WHERE m.rolname = ${text(user)} \\gexec`,
    // Settings that an earlier state left to it could turn its statements elsewhere.
    `ALTER ROLE ${account(user)} RESET ALL;`,
  ];
}

/** Has an account work as the first one of its name from each log-in on, so that whatever it makes is that one's. */
function roleSql(name: string, { user }: DatabaseSpec): string {
  return `ALTER ROLE ${account(name)} SET role = ${text(user)};`;
}

/** What an account that has taken another one's place runs itself, where no superuser does: nothing, where there was none before it. */
export function actAsOwnerSql(spec: DatabaseSpec): string[] {
  if (formerAccounts(spec).length === 0) return [];
  return ["SET ROLE NONE;", roleSql(accountOf(spec), spec), `SET ROLE ${account(spec.user)};`];
}

/** What the account in use runs once nobody uses those before it any more: as each of them it takes their password, and ends what they have open. */
export function endFormerSql(spec: DatabaseSpec): string {
  const statements = formerAccounts(spec).flatMap((name) => [
    `SET ROLE ${account(name)};`,
    `ALTER ROLE ${account(name)} PASSWORD NULL;`,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ${text(name)};`,
  ]);
  return `${["SET ROLE NONE;", ...statements].join("\n")}\n`;
}

/** Closes a database, and the schema that everything is made in, to all but its owner, who may run this too. */
export function closedSql(database: string): string[] {
  return [`REVOKE ALL ON DATABASE ${databaseName(database)} FROM PUBLIC;`, "REVOKE ALL ON SCHEMA public FROM PUBLIC;"];
}

/** What a client needs to work in a database as its owner, as the file of services that libpq reads. Secret. */
export function clientSettings(
  spec: DatabaseSpec,
  passwords: Readonly<Record<string, string>>,
  server: { readonly host: string; readonly port: number; readonly caFile: string },
): string {
  const { host, port, caFile } = server;
  const password = passwordOf(spec.user, passwords);
  const settings = { host, port, dbname: spec.database, user: accountOf(spec), password, sslmode: "verify-full", sslrootcert: caFile };
  return ["[owner]", ...Object.entries(settings).map(([key, value]) => `${key}=${value}`), ""].join("\n");
}

function databaseName(name: string): string {
  return possible(name, databaseProblem(name));
}

function account(user: string): string {
  return possible(user, accountProblem(user));
}

function possible(name: string, problem: string | undefined): string {
  if (problem !== undefined) throw new Error(problem);
  return identifier(name);
}

function identifier(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

function text(value: string): string {
  return `'${value.replace(/'/g, "''")}'`;
}
