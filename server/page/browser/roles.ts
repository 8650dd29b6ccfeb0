import type { Grant, Role } from "./shapes";

/** What each role holds besides itself. The service decides; the page offers no more than it would allow. */
const HOLDS: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ["viewer"],
  operator: ["operator", "viewer"],
  approver: ["approver", "viewer"],
  administrator: ["viewer", "operator", "approver", "administrator"],
};

/** Whether somebody may act in a role on what has these labels; without labels: on the service as a whole. */
export function may(grants: readonly Grant[], needed: Role, labels?: Readonly<Record<string, string>>): boolean {
  return grants.some(({ role, label }) => HOLDS[role]?.includes(needed) && (label === undefined || labels?.[label.name] === label.value));
}
