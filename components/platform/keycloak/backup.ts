import type { BackupPlan, WithinBackup } from "../../../model/backup";
import { afterRestore } from "../mariadb/backup";
import { formerAdministrators, MASTER, schemaOf } from "./names";
import { before26 } from "./versions";

/** What of a user lets him in, and lets him do anything. */
const LETS_IN = ["CREDENTIAL", "USER_ROLE_MAPPING", "USER_GROUP_MEMBERSHIP"];

/**
 * Realms, clients and users are in its schema. Administrators whom others have taken the place of come back with it: they lose password, roles and
 * groups before it starts. No state knows any of them but the first one, so an `up` would leave them.
 */
export function keycloakBackup({ options = {}, version = "", rotation = 1 }: BackupPlan): WithinBackup {
  const within = { kind: "within", service: "mariadb" } as const;
  if (rotation < 2 || before26({ version })) return within;
  const former = formerAdministrators(rotation);
  return { ...within, after: [afterRestore(statements(schemaOf(options), former), `Keycloak's administrators ${former.join(", ")}`)] };
}

function statements(schema: string, users: readonly string[]): string[] {
  const listed = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");
  const tables = ["USER_ENTITY", "REALM", ...LETS_IN];
  const master = `\`${schema}\`.USER_ENTITY u JOIN \`${schema}\`.REALM r ON r.ID = u.REALM_ID WHERE r.NAME = '${MASTER}'`;
  return [
    // It has none before its first start.
    `SET @tables = (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${schema}' AND TABLE_NAME IN (${listed(tables)}))`,
    ...LETS_IN.map((table) => {
      const ended = `DELETE FROM \`${schema}\`.${table} WHERE USER_ID IN (SELECT u.ID FROM ${master} AND u.USERNAME IN (${listed(users)}))`;
      return `EXECUTE IMMEDIATE IF(@tables = ${tables.length}, "${ended}", "DO 0")`;
    }),
  ];
}
