/** The name of the administrator Keycloak starts with. */
export const BOOTSTRAP_ADMIN = "kpaas-admin";

/** The administrator who is valid after so many exchanges of secrets. */
export function administratorOf(rotation = 1): string {
  return rotation > 1 ? `${BOOTSTRAP_ADMIN}-${rotation}` : BOOTSTRAP_ADMIN;
}

/** Those who were valid before that one, the first one first. */
export function formerAdministrators(rotation = 1): string[] {
  return Array.from({ length: rotation - 1 }, (_, before) => administratorOf(before + 1));
}

/** Keycloak's own realm, of those who administer it. */
export const MASTER = "master";

/** The schema that its realms are in. */
export function schemaOf({ schema = "keycloak" }: Readonly<Record<string, unknown>>): string {
  return String(schema);
}
