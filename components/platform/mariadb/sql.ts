import type { SchemaSpec } from "./args";

/**
 * What an account may do in its own schema: everything that stays in it. `GRANT OPTION` is not among it, nor anything
 * that reaches the server or other schemas.
 */
const OWNER =
  "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER";

/** The account the schema job connects with. The server's root stays on the server's own socket. */
export const PROVISIONER = "kpaas_provisioner";

/**
 * Makes the provisioner's account at the first start of an empty server: what it can grant it must have, so it has the
 * owners' rights everywhere, and no right over the server itself (no SUPER, FILE, SHUTDOWN, REPLICATION).
 */
export function provisionerSql(password: string): string {
  return [
    `CREATE USER IF NOT EXISTS ${account(PROVISIONER)} IDENTIFIED BY ${text(password)};`,
    `GRANT ${OWNER}, CREATE USER, RELOAD ON *.* TO ${account(PROVISIONER)} WITH GRANT OPTION;`,
    "",
  ].join("\n");
}

/** Brings schemas, accounts, passwords, rights and tables to what is wanted, from whatever there is; repeatable. */
export function schemaSql(schemas: readonly SchemaSpec[], passwords: Readonly<Record<string, string>>): string {
  const lines: string[] = [];
  for (const { schema } of schemas) {
    lines.push(`CREATE DATABASE IF NOT EXISTS ${identifier(schema)} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;`);
  }
  for (const { schema, user, reads = [] } of schemas) {
    const password = passwords[user];
    if (password === undefined) throw new Error(`No password was made for the account "${user}".`);
    lines.push(
      `CREATE USER IF NOT EXISTS ${account(user)} IDENTIFIED BY ${text(password)};`,
      `ALTER USER ${account(user)} IDENTIFIED BY ${text(password)};`,
      `GRANT ${OWNER} ON ${identifier(schema)}.* TO ${account(user)};`,
      ...reads.map((other) => `GRANT SELECT ON ${identifier(other)}.* TO ${account(user)};`),
    );
  }
  for (const { schema, tables = [] } of schemas) {
    if (tables.length > 0) lines.push(`USE ${identifier(schema)};`, ...tables.map((statement) => `${statement};`));
  }
  return `${lines.join("\n")}\n`;
}

/** A quoted schema name. `_` and `%` are wildcards in a grant, so names with them are refused. */
function identifier(name: string): string {
  if (!/^[A-Za-z0-9]+$/.test(name)) throw new Error(`"${name}" is no schema name; it must be letters and digits only.`);
  return `\`${name}\``;
}

function account(user: string): string {
  if (!/^[A-Za-z0-9_]{1,80}$/.test(user)) throw new Error(`"${user}" is no account name; it must be letters, digits and "_".`);
  return `'${user}'@'%'`;
}

function text(value: string): string {
  return `'${value.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}
