import { secret } from "@pulumi/pulumi";
import type { SshAccess } from "../components/infrastructure";

/** The login as the stack's output `ssh`. */
export function loginOutput({ user, privateKey, agent, bastion, firstHostKeys }: SshAccess): unknown {
  const where = bastion === undefined ? {} : { where: bastion.address };
  const key = { ...(privateKey === undefined ? {} : { privateKey: secret(privateKey) }), ...(agent === undefined ? {} : { agent }) };
  return { user, ...key, ...where, ...(firstHostKeys === undefined ? {} : { firstHostKeys }) };
}
