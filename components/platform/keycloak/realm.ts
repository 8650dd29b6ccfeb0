import { Group } from "@pulumi/keycloak/group";
import { GroupRoles } from "@pulumi/keycloak/groupRoles";
import { AudienceProtocolMapper } from "@pulumi/keycloak/openid/audienceProtocolMapper";
import { Client } from "@pulumi/keycloak/openid/client";
import { UserRealmRoleProtocolMapper } from "@pulumi/keycloak/openid/userRealmRoleProtocolMapper";
import { Realm } from "@pulumi/keycloak/realm";
import { RealmClientPolicyProfile } from "@pulumi/keycloak/realmClientPolicyProfile";
import { RealmClientPolicyProfilePolicy } from "@pulumi/keycloak/realmClientPolicyProfilePolicy";
import { Role } from "@pulumi/keycloak/role";
import { User } from "@pulumi/keycloak/user";
import { UserGroups } from "@pulumi/keycloak/userGroups";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import type { LoginClient, TokenClaim } from "../grants";

/** Names the K-PaaS applications expect in the realm. */
export const REALM = "cp-realm";
export const CLIENT_ID = "cp-client";
const ADMIN_GROUP = "cp-cluster-admin";
export const ADMIN_ROLE = "cp-cluster-admin-role";
export const PORTAL_ADMIN = "admin";

/** Where K-PaaS's applications take their users back after the log-in. */
const RETURN_PATH = "/login/oauth2/code/keycloak";

/** How long a page's token lasts: it gets the next one by itself. Seconds. */
const PAGE_SECONDS = "300";

/** Length over character classes; the generated passwords satisfy it too. */
const PASSWORD_POLICY = "length(12) and maxLength(128) and notUsername(undefined) and notEmail(undefined) and passwordHistory(3)";

/** What the realm is made from. */
export interface RealmSpec {
  readonly applications: readonly string[];
  /** Applications with a client of their own. The secret is secret. */
  readonly clients: readonly (LoginClient & { readonly url: string; readonly clientSecret: Input<string> })[];
  /** Applications that take its tokens. */
  readonly takers: readonly TokenClaim[];
  readonly domain: string;
  /** Whether the server is of before 26. */
  readonly before26: boolean;
  readonly selfRegistration: boolean;
  /** Secret. */
  readonly clientSecret: Input<string>;
  /** Secret. */
  readonly adminPassword: Input<string>;
}

/**
 * The realm, with what K-PaaS's applications expect in it. Users and whatever else people make there are theirs.
 * @param name gives a resource its logical name
 */
export function createRealm(name: (role: string) => string, spec: RealmSpec, options: CustomResourceOptions): void {
  const made = new Realm(
    name("realm"),
    {
      realm: REALM,
      // The portal names the realm by either.
      internalId: REALM,
      enabled: true,
      sslRequired: "external",
      registrationAllowed: spec.selfRegistration,
      passwordPolicy: PASSWORD_POLICY,
      rememberMe: true,
      loginWithEmailAllowed: false,
      // A server before 26 refuses a realm with a field that it does not know; the plugin sends no empty one.
      securityDefenses: { bruteForceDetection: { maxLoginFailures: 10, ...(spec.before26 ? { bruteForceStrategy: "" } : {}) } },
      // The portal shows pages for an hour on one token.
      accessTokenLifespan: "1h0m0s",
      ssoSessionIdleTimeout: "1h0m0s",
    },
    options,
  );
  const realmId = made.realm;
  createPolicies(name, realmId, options);
  const role = new Role(name("admin-role"), { realmId, name: ADMIN_ROLE, description: "Administrator of the K-PaaS portal" }, options);
  const group = new Group(name("admin-group"), { realmId, name: ADMIN_GROUP }, options);
  // Whatever else somebody gives the group stays.
  new GroupRoles(name("admin-group-roles"), { realmId, groupId: group.id, roleIds: [role.id], exhaustive: false }, options);
  createAdministrator(name, realmId, group, spec, options);
  if (spec.applications.length > 0) {
    const client = { id: CLIENT_ID, title: "K-PaaS", returnPath: RETURN_PATH, clientSecret: spec.clientSecret };
    createClient(name, "client", realmId, client, spec.applications, options);
  }
  for (const { url, ...client } of spec.clients) {
    for (const made of client.roles ?? []) new Role(name(`role-${made}`), { realmId, name: made }, options);
    createClient(name, `client-${client.id}`, realmId, client, [url], options);
  }
  for (const taker of spec.takers) createTaker(name, realmId, taker, options);
}

/**
 * Every public client must prove that it is the one that asked (PKCE). A confidential one may: the portal, which has a
 * secret instead, does not send the proof, and would be locked out.
 */
function createPolicies(name: (role: string) => string, realmId: Input<string>, options: CustomResourceOptions): void {
  const profile = new RealmClientPolicyProfile(
    name("pkce-profile"),
    {
      realmId,
      name: "pkce",
      description: "PKCE with S256",
      executors: [{ name: "pkce-enforcer", configuration: { "auto-configure": "true" } }],
    },
    options,
  );
  new RealmClientPolicyProfilePolicy(
    name("pkce-policy"),
    {
      realmId,
      name: "public-clients",
      description: "Public clients use PKCE",
      enabled: true,
      conditions: [{ name: "client-access-type", configuration: { type: JSON.stringify(["public"]) } }],
      profiles: [profile.name],
    },
    options,
  );
}

/** The first administrator of the applications. From the first log-in on, what is known of a person is that person's to change. */
function createAdministrator(
  name: (role: string) => string,
  realmId: Input<string>,
  group: Group,
  { domain, adminPassword }: RealmSpec,
  options: CustomResourceOptions,
): void {
  const user = new User(
    name("portal-admin"),
    {
      realmId,
      username: PORTAL_ADMIN,
      enabled: true,
      email: `${PORTAL_ADMIN}@${domain}`,
      emailVerified: true,
      firstName: "Portal",
      lastName: "Administrator",
      initialPassword: { value: adminPassword, temporary: true },
    },
    {
      ...options,
      // Keycloak asks for another password by a required action of its own; the person answers it, and edits the rest.
      ignoreChanges: ["requiredActions", "email", "emailVerified", "firstName", "lastName", "attributes", "initialPassword"],
    },
  );
  new UserGroups(name("portal-admin-groups"), { realmId, userId: user.id, groupIds: [group.id], exhaustive: false }, options);
}

/**
 * A client of one application or of several.
 * @param role of the resource among the realm's
 */
function createClient(
  name: (role: string) => string,
  role: string,
  realmId: Input<string>,
  { id, title = id, returnPath, clientSecret }: LoginClient & { readonly title?: string; readonly clientSecret: Input<string> },
  applications: readonly string[],
  options: CustomResourceOptions,
): void {
  const client = new Client(
    name(role),
    {
      realmId,
      clientId: id,
      name: title,
      enabled: true,
      accessType: "CONFIDENTIAL",
      clientSecret,
      standardFlowEnabled: true,
      // Nobody's password passes through an application.
      directAccessGrantsEnabled: false,
      implicitFlowEnabled: false,
      serviceAccountsEnabled: false,
      validRedirectUris: applications.map((url) => `${url}${returnPath}`),
      validPostLogoutRedirectUris: applications.map((url) => `${url}/`),
      webOrigins: [...new Set(applications.map((url) => new URL(url).origin))],
    },
    options,
  );
  tellRoles(name, role, realmId, client, options);
}

/** An application that takes tokens: its roles, and the client of its page, whose tokens are meant for it and end soon. */
function createTaker(
  name: (role: string) => string,
  realmId: Input<string>,
  { audience, roles, page: { id, url } }: TokenClaim,
  options: CustomResourceOptions,
): void {
  for (const role of roles) new Role(name(`role-${role}`), { realmId, name: role }, options);
  const role = `client-${id}`;
  const client = new Client(
    name(role),
    {
      realmId,
      clientId: id,
      name: id,
      enabled: true,
      accessType: "PUBLIC",
      pkceCodeChallengeMethod: "S256",
      standardFlowEnabled: true,
      directAccessGrantsEnabled: false,
      implicitFlowEnabled: false,
      serviceAccountsEnabled: false,
      validRedirectUris: [`${url}/`],
      validPostLogoutRedirectUris: [`${url}/`],
      webOrigins: [url],
      accessTokenLifespan: PAGE_SECONDS,
    },
    options,
  );
  new AudienceProtocolMapper(
    name(`${role}-audience`),
    { realmId, clientId: client.id, name: "audience", includedCustomAudience: audience, addToAccessToken: true, addToIdToken: false },
    options,
  );
  tellRoles(name, role, realmId, client, options);
}

/** Has a client's tokens say which roles of the realm their user has. */
function tellRoles(
  name: (role: string) => string,
  role: string,
  realmId: Input<string>,
  client: Client,
  options: CustomResourceOptions,
): void {
  new UserRealmRoleProtocolMapper(
    name(`${role}-roles`),
    { realmId, clientId: client.id, name: "realm roles", claimName: "roles", multivalued: true },
    options,
  );
}
