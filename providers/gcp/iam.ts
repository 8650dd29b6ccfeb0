import { IAMCustomRole } from "@pulumi/gcp/projects/iamcustomRole";
import { IAMMember as ProjectMember } from "@pulumi/gcp/projects/iammember";
import { Account } from "@pulumi/gcp/serviceaccount/account";
import { IAMMember as AccountMember } from "@pulumi/gcp/serviceaccount/iammember";
import type { Input, Resource } from "@pulumi/pulumi";
import { controllerRoles, partsOf } from "./controllers-role";
import { accountsIn } from "./firewalls";
import { accountId, roleId } from "./names";
import { child, described, type Scope } from "./scope";

/** The service accounts of the machines. */
export interface Accounts {
  /** The address of an account, by the role that names it. */
  email(role: string): Input<string>;
  /** What a machine with the account may do, it may at once. */
  granted(role: string): readonly Resource[];
}

/**
 * An account per role, by which firewall rules know machines. None may do anything but that of control planes, which may what the cloud's
 * parts in the cluster do where these run: they run there.
 */
export function createAccounts(scope: Scope): Accounts {
  const { name, plan, gcp } = scope;
  const { project } = gcp;
  const accounts = Object.fromEntries(
    accountsIn(plan).map((role) => [
      role,
      new Account(
        `${name}-account-${role}`,
        {
          accountId: accountId(plan, role),
          project,
          displayName: described(scope, role),
          description: described(scope, `machines: ${role}`),
        },
        child(scope),
      ),
    ]),
  );
  const controller = accounts[CONTROLLER];
  const grants: Resource[] = [];
  if (controller !== undefined) {
    for (const { name: called, key, description, permissions, within: condition } of controllerRoles(plan)) {
      const role = new IAMCustomRole(
        `${name}-role-${called}`,
        { roleId: roleId(plan, key), project, title: described(scope, key), description, permissions: [...permissions], stage: "GA" },
        child(scope),
      );
      grants.push(
        new ProjectMember(
          `${name}-grant-${called}`,
          { project, role: role.name, member: controller.member, ...(condition === undefined ? {} : { condition }) },
          child(scope),
        ),
      );
    }
  }
  if (controller !== undefined && partsOf(plan).includes("volumes")) {
    grants.push(
      // Disks are attached to a machine by whoever may act as the machine's own account: of these alone, not of the project's.
      ...[CONTROLLER, "worker"].flatMap((of) => {
        const account = accounts[of];
        return account === undefined
          ? []
          : new AccountMember(
              `${name}-grant-${CONTROLLER}-as-${of}`,
              { serviceAccountId: account.name, role: "roles/iam.serviceAccountUser", member: controller.member },
              child(scope),
            );
      }),
    );
  }
  return {
    email: (role) => {
      const account = accounts[role];
      if (account === undefined) throw new Error(`the account "${role}" is used but no machine has that role; this is a bug in kpaas`);
      return account.email;
    },
    granted: (role) => (role === CONTROLLER ? grants : []),
  };
}

const CONTROLLER = "control-plane";
