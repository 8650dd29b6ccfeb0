import type { ServicePlan } from "./types";

/**
 * Base URLs of the applications that log in by the realm in Keycloak, which takes them at its first start only; undefined where no Keycloak
 * is planned.
 */
export function realmApplications(services: readonly ServicePlan[]): string[] | undefined {
  if (!services.some(({ name }) => name === "keycloak")) return undefined;
  return services.flatMap(({ name, host }) => (name === "portal" && host !== undefined ? [`https://${host}`] : []));
}
