import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import type { Input } from "@pulumi/pulumi";
import { controllersPolicy, TRUST } from "./controllers-policy";
import { roleName } from "./names";
import { child, type Scope, tags } from "./scope";

/**
 * What control planes may do by themselves: what the cloud controller and the driver of EBS volumes do, which run there in the host's own network.
 * Workers have no role: nothing on them needs one. Undefined where the file wants none.
 */
export function createProfile(scope: Scope): Input<string> | undefined {
  const { name, plan, aws } = scope;
  if (!aws.controllers) return undefined;
  const what = "control-plane";
  const role = new Role(
    `${name}-role-${what}`,
    {
      name: roleName(plan, what),
      description: `kpaas ${plan.environment}: the cloud controller and the driver of EBS volumes`,
      assumeRolePolicy: JSON.stringify(TRUST),
      tags: tags(scope, what),
    },
    child(scope),
  );
  const policy = new RolePolicy(
    `${name}-role-policy-${what}`,
    { name: "controllers", role: role.id, policy: JSON.stringify(controllersPolicy(plan)) },
    child(scope),
  );
  const profile = new InstanceProfile(
    `${name}-profile-${what}`,
    { name: roleName(plan, what), role: role.name, tags: tags(scope, what) },
    // A machine that starts with it may do at once what it may do.
    child(scope, { dependsOn: [policy] }),
  );
  return profile.name;
}
