import { accountOf, formerAccounts } from "../database/accounts";
import { passwordOf } from "../database/statements";
import type { SchemaSpec, TableRead } from "./args";
import { OWN_SCHEMA, schemaProblem } from "./claims";

/**
 * What an account may do in its own schema: everything that stays in it. `GRANT OPTION` is not among it, nor anything
 * that reaches the server or other schemas.
 */
const OWNER =
  "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER";

/** An account of earlier versions, which had rights over the whole server. */
const FORMER_PROVISIONER = "kpaas_provisioner";

/** Marks a table that stands in for one that its owner has not made yet. */
const STAND_IN = "stands in for a grant";

/**
 * Brings schemas, accounts, passwords and rights to what is wanted, from whatever there is. The server itself runs it at
 * each start, before it takes connections (`--init-file`): so no account that can be reached may make or change accounts,
 * and a right that is no longer wanted goes. One statement a line, since the server reads the file by lines.
 *
 * Accounts that others have taken the place of stay as they are, valid or not, with the rights that they had: it is their successors who end them
 * ({@link endFormerSql}). On a server that never had them they are made, and nobody can log in as them.
 *
 * With `tls` an account that is made is let in by TLS only. One that is there already stays as it is, since whoever uses it may not know yet what to
 * trust: it is its successor that demands it (decision 18).
 * @param rootPassword another one that root is given, where it has one already. @default it keeps the one it has
 */
export function accountsSql(
  schemas: readonly SchemaSpec[],
  passwords: Readonly<Record<string, string>>,
  { rootPassword, tls = false }: { readonly rootPassword?: string; readonly tls?: boolean } = {},
): string {
  const lines: string[] = [`DROP USER IF EXISTS ${account(FORMER_PROVISIONER)};`];
  for (const schema of new Set(schemas.map((each) => each.schema))) {
    lines.push(`CREATE DATABASE IF NOT EXISTS ${schemaName(schema)} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;`);
  }
  for (const spec of schemas) {
    const password = text(passwordOf(spec.user, passwords));
    const [own, former] = [account(accountOf(spec)), formerAccounts(spec).map(account)];
    const rights = (each: string) => [
      `REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${each};`,
      ...(spec.tableRights === undefined ? [`GRANT ${OWNER} ON ${pattern(spec.schema)}.* TO ${each};`] : []),
    ];
    lines.push(
      ...former.flatMap((each) => [`CREATE USER IF NOT EXISTS ${each} ACCOUNT LOCK;`, ...rights(each)]),
      `CREATE USER IF NOT EXISTS ${own} IDENTIFIED BY ${password}${tls && !spec.openly ? " REQUIRE SSL" : ""};`,
      `ALTER USER ${own} IDENTIFIED BY ${password}${spec.openly ? " REQUIRE NONE" : ""};`,
      ...rights(own),
    );
  }
  for (const spec of schemas)
    for (const user of [...formerAccounts(spec), accountOf(spec)])
      lines.push(
        ...(spec.reads ?? []).flatMap((read) => readSql(user, read)),
        ...Object.entries(spec.tableRights ?? {}).flatMap(([table, rights]) =>
          grantSql(user, { schema: spec.schema, table, columns: ["id"], rights: rights.join(", ") }),
        ),
      );
  lines.push(...schemas.flatMap(endingSql), ...(rootPassword === undefined ? [] : rootPasswordSql(rootPassword)));
  return `${lines.join("\n")}\n`;
}

/**
 * What a successor ends the accounts before it by, and can do nothing else with: root's own procedure, made by root at each start. They are locked
 * and not dropped, because views and routines that were made as one of them work by its rights.
 */
function endingSql(spec: SchemaSpec): string[] {
  const former = formerAccounts(spec);
  if (former.length === 0) return [];
  const kills = former.map((user) => `KILL USER ${account(user)};`).join(" ");
  const body = `BEGIN ALTER USER ${former.map(account).join(", ")} ACCOUNT LOCK; ${kills} END`;
  const procedure = `CREATE OR REPLACE DEFINER = root@localhost PROCEDURE ${ending(spec)}() SQL SECURITY DEFINER ${body}`;
  return [
    `CREATE DATABASE IF NOT EXISTS ${identifier(OWN_SCHEMA)};`,
    // As a text: a client, which runs this on several members, would end the statement within the procedure's body.
    `EXECUTE IMMEDIATE ${text(procedure)};`,
    `GRANT EXECUTE ON PROCEDURE ${ending(spec)} TO ${account(accountOf(spec))};`,
  ];
}

/** What the account in use runs once nobody uses those before it any more. */
export function endFormerSql(spec: SchemaSpec): string {
  return `CALL ${ending(spec)}();\n`;
}

function ending({ user }: SchemaSpec): string {
  return `${identifier(OWN_SCHEMA)}.${identifier(`end_${user}`)}`;
}

/** Another password for root. Where it has none yet, the image is about to give it the one that it is told. */
function rootPasswordSql(password: string): string[] {
  const change = `ALTER USER root@localhost IDENTIFIED BY ${text(password)}`;
  return [
    "SET @has = (SELECT COUNT(*) FROM mysql.user WHERE User = 'root' AND Host = 'localhost' AND authentication_string <> '');",
    `EXECUTE IMMEDIATE IF(@has > 0, ${text(change)}, 'DO 0');`,
  ];
}

/** Lets an account read some columns of another schema's table. */
function readSql(user: string, read: TableRead): string[] {
  return grantSql(user, { ...read, rights: `SELECT (${read.columns.map(identifier).join(", ")})` });
}

/**
 * Gives an account rights in a table. The server takes such a grant for a table that is there only, and keeps it when the table goes: before its
 * owner's first start, another stands in for it. Nobody can connect meanwhile, and one that a broken start left behind goes at the next.
 */
function grantSql(user: string, { schema, table, columns, rights }: TableRead & { readonly rights: string }): string[] {
  const name = `${schemaName(schema)}.${identifier(table)}`;
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (${columns.map((column) => `${identifier(column)} INT`).join(", ")}) COMMENT = ${text(STAND_IN)};`,
    `GRANT ${rights} ON ${name} TO ${account(user)};`,
    `SET @comment = (SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${text(schema)} AND TABLE_NAME = ${text(table)});`,
    `EXECUTE IMMEDIATE IF(@comment = ${text(STAND_IN)}, 'DROP TABLE ${name}', 'DO 0');`,
  ];
}

/**
 * Shuts root out from the network to all but those who have the key of a certificate that the members trust: their operator, and the job that
 * runs this. On a member's own machine it needs its password alone, as the operator's agent beside it has it.
 */
export function rootSql(password: string): string {
  const local = ["127.0.0.1", "::1"].flatMap((host) => [
    `CREATE USER IF NOT EXISTS 'root'@'${host}' IDENTIFIED BY ${text(password)};`,
    `ALTER USER 'root'@'${host}' IDENTIFIED BY ${text(password)};`,
    `GRANT ALL PRIVILEGES ON *.* TO 'root'@'${host}' WITH GRANT OPTION;`,
  ]);
  return `${[...local, "ALTER USER 'root'@'%' REQUIRE X509;"].join("\n")}\n`;
}

/** Where a client connects, and by which files it and the server prove who they are. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  /** What signed the server's certificate. @default nothing: it is not looked at */
  readonly ca?: string;
  /** The client's own certificate and its key. @default none */
  readonly certificate?: { readonly file: string; readonly key: string };
}

/** The client's settings with which an account works in its schema. Secret. */
export function clientSettings(spec: SchemaSpec, passwords: Readonly<Record<string, string>>, connection: Connection): string {
  return settingsOf(accountOf(spec), passwordOf(spec.user, passwords), connection, { database: spec.schema });
}

/** The client's settings with which root works on several members. Secret. */
export function rootSettings(password: string, connection: Connection): string {
  return settingsOf("root", password, connection);
}

function settingsOf(
  user: string,
  password: string,
  { host, port, ca, certificate }: Connection,
  more: Readonly<Record<string, string>> = {},
): string {
  const settings = {
    ...{ host, port, user, password: `"${password.replace(/[\\"]/g, "\\$&")}"`, ...more },
    ...(ca === undefined ? {} : { "ssl-ca": ca }),
    ...(certificate === undefined ? {} : { "ssl-cert": certificate.file, "ssl-key": certificate.key }),
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  return ["[mariadb-client]", ...lines, ...(ca === undefined ? [] : ["ssl-verify-server-cert"]), ""].join("\n");
}

/** The quoted name of a schema of somebody's. */
function schemaName(name: string): string {
  const problem = schemaProblem(name);
  if (problem !== undefined) throw new Error(problem);
  return identifier(name);
}

/** A quoted name. */
function identifier(name: string): string {
  if (!/^[A-Za-z0-9_]+$/.test(name)) throw new Error(`"${name}" is no name of a table or column; it must be letters, digits and "_" only.`);
  return `\`${name}\``;
}

/** A schema in a grant on all of it, where a bare `_` would stand for any letter, and so for others' schemas too. */
function pattern(schema: string): string {
  return identifier(schema).replaceAll("_", "\\_");
}

function account(user: string): string {
  if (!/^[A-Za-z0-9_]{1,80}$/.test(user)) throw new Error(`"${user}" is no account name; it must be letters, digits and "_".`);
  return `'${user}'@'%'`;
}

function text(value: string): string {
  return `'${value.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}
