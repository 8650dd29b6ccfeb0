import { InputPropertyError, type Output, secret } from "@pulumi/pulumi";
import type { InfrastructureSecrets } from "../components/infrastructure";
import { type Credentials, wrongCredentials } from "../model/cloud";

/**
 * The arguments of a cloud's provider that the file's credentials give; none where it refers to none, and the usual ways count.
 *
 * @param names of the provider's arguments that credentials may hold
 * @throws InputPropertyError, once they are known, for credentials under names the provider does not take: only a program of a user's own comes
 * here with them, `stacks/secrets.ts` refuses them before anything is registered.
 */
export function credentialArguments<Name extends string>(
  title: string,
  usual: Credentials,
  names: readonly Name[],
  credentials: InfrastructureSecrets["credentials"],
): Partial<Record<Name, Output<string>>> {
  const given: Partial<Record<Name, Output<string>>> = {};
  if (credentials === undefined) return given;
  const checked = secret(credentials).apply((all) => {
    const reason = wrongCredentials({ title, credentials: usual }, all);
    if (reason !== undefined) throw new InputPropertyError({ propertyPath: "secrets.credentials", reason });
    return all;
  });
  // An argument that the credentials lack stays undefined inside its output, which the provider reads as not given.
  for (const name of names) given[name] = checked.apply((all) => all[name] as string);
  return given;
}
