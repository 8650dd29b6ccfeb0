import { Client } from "@pulumi/keycloak/openid/client";
import { ClientServiceAccountRealmRole } from "@pulumi/keycloak/openid/clientServiceAccountRealmRole";
import { User } from "@pulumi/keycloak/user";
import { UserRoles } from "@pulumi/keycloak/userRoles";
import type { CustomResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
import { MASTER } from "./names";

/** The role of those who administer it, in its own realm. */
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
  return administratorRole(name("provider-client-role"), client.serviceAccountUserId, options);
}

/** An administrator who takes another one's place. */
export interface SuccessorSpec {
  readonly user: string;
  /** Secret. */
  readonly password: Input<string>;
  /** The one that Keycloak has started with. */
  readonly first: string;
}

/**
 * An administrator in place of the one that the server has started with, who keeps his name and loses every right once his successor has them.
 * Of later ones each is made before the one before it is deleted.
 * @param name gives a resource its logical name
 */
export function createSuccessor(
  name: (role: string) => string,
  { user, password, first }: SuccessorSpec,
  options: CustomResourceOptions,
): void {
  // What else is known of a person is that person's to change.
  const own = { ...options, ignoreChanges: ["requiredActions", "email", "emailVerified", "firstName", "lastName", "attributes"] };
  const made = new User(
    name(user),
    { realmId: MASTER, username: user, enabled: true, initialPassword: { value: password, temporary: false } },
    own,
  );
  const role = administratorRole(name(`${user}-role`), made.id, options);
  // He is taken over as he is: the provider disables nobody whom it finds.
  const { id } = new User(name(first), { realmId: MASTER, username: first, import: true }, { ...own, dependsOn: [role] });
  new UserRoles(name(`${first}-roles`), { realmId: MASTER, userId: id, roleIds: [], exhaustive: true }, options);
}

/** The role of administrators for a user, a client's own among them: by its name, since its id differs from server to server. */
function administratorRole(name: string, serviceAccountUserId: Output<string>, options: CustomResourceOptions): Resource {
  return new ClientServiceAccountRealmRole(name, { realmId: MASTER, serviceAccountUserId, role: ADMIN_ROLE }, options);
}
