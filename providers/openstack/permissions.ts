import type { EnvironmentPlan } from "../../model/plan/types";
import { type AccessRule, accessRules, loginsOf, type Use } from "./access-rules";
import { openstackOf } from "./plan";

/** A login in the words of `openstack application credential create`. */
interface Login {
  readonly roles: readonly string[];
  /** Those calls alone; left out where the cloud's services do not know access rules. */
  readonly access_rules?: readonly AccessRule[];
}

/** What this tool's login needs, and what the logins have that it makes for what runs in the cluster. */
export interface Permissions {
  /** In the project. `unrestricted`, where it is an application credential itself: only such a one makes others. */
  readonly login: { readonly roles: readonly string[]; readonly unrestricted?: true };
  readonly makes?: Readonly<Record<string, Login>>;
}

/** What logins are for, in this environment. */
export function permissions(plan: EnvironmentPlan): Permissions {
  const { applicationCredential: own } = openstackOf(plan);
  const login = (uses: readonly Use[], roles: readonly string[]): Login => ({
    roles: [...roles].sort(),
    ...((own?.accessRules ?? true) && { access_rules: accessRules(uses) }),
  });
  const makes = {
    ...(own && own.uses.length > 0 && { cluster: login(own.uses, own.roles) }),
    ...Object.fromEntries(loginsOf(plan).map(({ part, use, roles }) => [part, login([use], roles)])),
  };
  const made = Object.values(makes);
  const balanced = plan.apiEndpoint.kind === "loadBalancer";
  const roles = ["member", ...(balanced ? ["load-balancer_member"] : []), ...made.flatMap((each) => each.roles)];
  return {
    login: { roles: [...new Set(roles)].sort(), ...(made.length > 0 && { unrestricted: true }) },
    ...(made.length > 0 && { makes }),
  };
}
