import type { ProviderArgs } from "@pulumi/openstack/provider";

/** What credentials may hold: names of the provider's arguments. */
export const CREDENTIALS = [
  "applicationCredentialId",
  "applicationCredentialName",
  "applicationCredentialSecret",
  "authUrl",
  "cacertFile",
  "cert",
  "cloud",
  "defaultDomain",
  "domainId",
  "domainName",
  "endpointType",
  "key",
  "password",
  "projectDomainId",
  "projectDomainName",
  "tenantId",
  "tenantName",
  "token",
  "userDomainId",
  "userDomainName",
  "userId",
  "userName",
] as const satisfies readonly (keyof ProviderArgs)[];

/**
 * Why credentials cannot be used: one under a wrong name would silently not be, and another account's environment variables might. Undefined
 * where all are right; it shows names only.
 */
export function wrongCredentials(credentials: Readonly<Record<string, unknown>>): string | undefined {
  const unknown = Object.keys(credentials).filter((name) => !CREDENTIALS.some((known) => known === name));
  if (unknown.length === 0) return undefined;
  return `holds ${unknown.join(", ")}, which the OpenStack provider does not take; use the names ${CREDENTIALS.join(", ")}`;
}
