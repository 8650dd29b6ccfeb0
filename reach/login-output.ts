import { secret } from "@pulumi/pulumi";
import type { SshAccess } from "../components/infrastructure";

/** The login as the stack's output `ssh`. */
export function loginOutput({ user, privateKey, bastion, firstHostKeys }: SshAccess): unknown {
  const where = bastion === undefined ? {} : { where: bastion.address };
  return { user, privateKey: secret(privateKey), ...where, ...(firstHostKeys === undefined ? {} : { firstHostKeys }) };
}
