import { Client } from "@pulumi/keycloak/openid/client";
import { ClientServiceAccountRealmRole } from "@pulumi/keycloak/openid/clientServiceAccountRealmRole";
import type { CustomResourceOptions, Input, Resource } from "@pulumi/pulumi";

/** Keycloak's own realm, of those who administer it, and their role there. */
const MASTER = "master";
const ADMIN_ROLE = "admin";

/** Every Keycloak's own client for administrators who log in by password. */
export const ADMIN_CLIENT = "admin-cli";

/** The client that administers the server for whoever has its secret. */
export interface AdministratorSpec {
  readonly clientId: string;
  /** Secret. */
  readonly clientSecret: Input<string>;
}

/**
 * A client that may administer the whole server, as a Keycloak from 26 on starts with.
 * @param name gives a resource its logical name
 * @returns what has to be there before it logs in
 */
export function createAdministrator(name: (role: string) => string, spec: AdministratorSpec, options: CustomResourceOptions): Resource {
  const client = new Client(
    name("provider-client"),
    {
      realmId: MASTER,
      ...spec,
      name: "kpaas",
      enabled: true,
      accessType: "CONFIDENTIAL",
      standardFlowEnabled: false,
      implicitFlowEnabled: false,
      directAccessGrantsEnabled: false,
      serviceAccountsEnabled: true,
    },
    options,
  );
  return new ClientServiceAccountRealmRole(
    name("provider-client-role"),
    { realmId: MASTER, serviceAccountUserId: client.serviceAccountUserId, role: ADMIN_ROLE },
    options,
  );
}
