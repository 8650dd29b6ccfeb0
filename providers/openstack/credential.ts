import { ApplicationCredential } from "@pulumi/openstack/identity/applicationCredential";
import { type Output, secret } from "@pulumi/pulumi";
import type { CloudPartName } from "../../model/cloud-parts";
import { accessRules, loginsOf, type Use } from "./access-rules";
import type { CredentialOptions } from "./plan";
import { child, cloudName, type Scope } from "./scope";

/** A login to the cloud for what runs in the cluster. Secret. */
export interface CloudCredential {
  readonly id: string;
  readonly secret: string;
}

/** The login that the file asks for; undefined where it asks for none. */
export function createCredential(scope: Scope): Output<CloudCredential> | undefined {
  const wanted = scope.openstack.applicationCredential;
  if (wanted === undefined || wanted.uses.length === 0) return undefined;
  return makeCredential(scope, "cluster", "credential", wanted.uses, wanted);
}

/** A login for each of the platform's own parts that log in to the cloud, with what that one does and no more. */
export function createLogins(scope: Scope): Partial<Record<CloudPartName, Output<CloudCredential>>> {
  const { accessRules: narrow = true } = scope.openstack.applicationCredential ?? {};
  const logins = loginsOf(scope.plan).map(({ part, use, roles }) => [
    part,
    makeCredential(scope, part, `credential-${part}`, [use], { accessRules: narrow, roles }),
  ]);
  return Object.fromEntries(logins);
}

function makeCredential(
  scope: Scope,
  what: string,
  logical: string,
  uses: readonly Use[],
  { roles, accessRules: narrow }: Pick<CredentialOptions, "roles" | "accessRules">,
): Output<CloudCredential> {
  const { name, plan } = scope;
  const made = new ApplicationCredential(
    `${name}-${logical}`,
    {
      name: cloudName(scope, what),
      description: `kpaas ${plan.environment}: ${uses.join(", ")}`,
      roles: [...roles].sort(),
      unrestricted: false, // it can make no other, and no trusts
      ...(narrow && { accessRules: accessRules(uses) }),
    },
    // Keystone changes none, and takes a name once for each user: the old one goes before the new one comes.
    child(scope, { deleteBeforeReplace: true, additionalSecretOutputs: ["secret"] }),
  );
  return secret(made.id.apply((id) => made.secret.apply((value) => ({ id, secret: value }))));
}
