import type { ServicePlan } from "./types";

/** What Keycloak takes at its first start only, when it imports the realm of the K-PaaS applications. */
export interface RealmPlan {
  /** Base URLs of the applications that log in by the realm, without a trailing slash. */
  readonly applications: readonly string[];
  readonly selfRegistration: boolean;
}

/** The realm as planned; undefined where no Keycloak is. */
export function planRealm(services: readonly ServicePlan[]): RealmPlan | undefined {
  const keycloak = services.find(({ name }) => name === "keycloak");
  if (keycloak === undefined) return undefined;
  return {
    applications: services.flatMap(({ name, host }) => (name === "portal" && host !== undefined ? [`https://${host}`] : [])),
    selfRegistration: keycloak.login?.selfRegistration ?? false,
  };
}
