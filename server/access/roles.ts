/** What somebody may do: look; begin operations and change environments; agree to what others ask for; all of it, accounts and keys too. */
export const ROLES = ["viewer", "operator", "approver", "administrator"] as const;

export type Role = (typeof ROLES)[number];

/** What each role holds besides itself. */
const HOLDS: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ["viewer"],
  operator: ["operator", "viewer"],
  approver: ["approver", "viewer"],
  administrator: ROLES,
};

/** A role, for the environments that have a label, or for all. */
export interface Grant {
  readonly role: Role;
  readonly label?: { readonly name: string; readonly value: string };
}

/** The realm role of K-PaaS's administrators. */
const KPAAS_ADMINISTRATOR = "cp-cluster-admin-role";
const OWN = /^kpaas-(viewer|operator|approver|administrator)(?::([^=:]+)=([^=:]*))?$/;

/** What roles of a realm grant here: `kpaas-operator` everywhere, `kpaas-operator:team=platform` where an environment is labelled so. */
export function grantsOf(realmRoles: readonly string[]): Grant[] {
  return realmRoles.flatMap((name): Grant[] => {
    if (name === KPAAS_ADMINISTRATOR) return [{ role: "administrator" }];
    const [, role, label, value = ""] = OWN.exec(name) ?? [];
    if (role === undefined) return [];
    return [label === undefined ? { role: role as Role } : { role: role as Role, label: { name: label, value } }];
  });
}

/**
 * Whether grants let somebody act in a role.
 * @param labels those of the environment; undefined: what it is about is nobody's alone, and takes a grant for all
 */
export function allows(grants: readonly Grant[], needed: Role, labels?: Readonly<Record<string, string>>): boolean {
  return grants.some(({ role, label }) => {
    if (!HOLDS[role].includes(needed)) return false;
    return label === undefined || labels?.[label.name] === label.value;
  });
}

/** Whether grants let somebody act in a role anywhere at all. */
export function allowsSomewhere(grants: readonly Grant[], needed: Role): boolean {
  return grants.some(({ role }) => HOLDS[role].includes(needed));
}
