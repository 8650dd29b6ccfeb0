/** Names the K-PaaS applications expect in the realm. */
export const REALM = "cp-realm";
export const CLIENT_ID = "cp-client";
const ADMIN_GROUP = "cp-cluster-admin";
const ADMIN_ROLE = "cp-cluster-admin-role";
export const PORTAL_ADMIN = "admin";

/** Where K-PaaS's applications take their users back after the log-in. */
const RETURN_PATH = "/login/oauth2/code/keycloak";

/** Length over character classes; the generated passwords satisfy it too. */
const PASSWORD_POLICY = "length(12) and maxLength(128) and notUsername(undefined) and notEmail(undefined) and passwordHistory(3)";

/**
 * Every public client must prove that it is the one that asked (PKCE). A confidential one may: the portal, which has a
 * secret instead, does not send the proof, and would be locked out.
 */
const CLIENT_POLICIES = {
  clientProfiles: {
    profiles: [
      {
        name: "pkce",
        description: "PKCE with S256",
        executors: [{ executor: "pkce-enforcer", configuration: { "auto-configure": true } }],
      },
    ],
  },
  clientPolicies: {
    policies: [
      {
        name: "public-clients",
        description: "Public clients use PKCE",
        enabled: true,
        conditions: [{ condition: "client-access-type", configuration: { type: ["public"] } }],
        profiles: ["pkce"],
      },
    ],
  },
};

/** What the realm is made from. Both passwords are secret. */
export interface RealmSpec {
  readonly applications: readonly string[];
  readonly domain: string;
  readonly selfRegistration: boolean;
  readonly clientSecret: string;
  readonly adminPassword: string;
}

/** The realm as Keycloak imports it when it is not there yet. Realm id and realm name are the same, so that the portal can name either. */
export function realmRepresentation({ applications, domain, selfRegistration, clientSecret, adminPassword }: RealmSpec): object {
  return {
    id: REALM,
    realm: REALM,
    enabled: true,
    sslRequired: "external",
    registrationAllowed: selfRegistration,
    passwordPolicy: PASSWORD_POLICY,
    rememberMe: true,
    loginWithEmailAllowed: false,
    bruteForceProtected: true,
    failureFactor: 10,
    // The portal shows pages for an hour on one token.
    accessTokenLifespan: 3600,
    ssoSessionIdleTimeout: 3600,
    ...CLIENT_POLICIES,
    roles: { realm: [{ name: ADMIN_ROLE, description: "Administrator of the K-PaaS portal" }] },
    groups: [{ name: ADMIN_GROUP, path: `/${ADMIN_GROUP}`, realmRoles: [ADMIN_ROLE] }],
    clients: [
      {
        clientId: CLIENT_ID,
        enabled: true,
        protocol: "openid-connect",
        publicClient: false,
        clientAuthenticatorType: "client-secret",
        secret: clientSecret,
        standardFlowEnabled: true,
        // Nobody's password passes through an application.
        directAccessGrantsEnabled: false,
        implicitFlowEnabled: false,
        serviceAccountsEnabled: false,
        redirectUris: applications.map((url) => `${url}${RETURN_PATH}`),
        webOrigins: [...applications],
        attributes: { "post.logout.redirect.uris": applications.map((url) => `${url}/`).join("##") },
        protocolMappers: [
          {
            name: "realm roles",
            protocol: "openid-connect",
            protocolMapper: "oidc-usermodel-realm-role-mapper",
            config: {
              "claim.name": "roles",
              "jsonType.label": "String",
              multivalued: "true",
              "access.token.claim": "true",
              "id.token.claim": "true",
              "userinfo.token.claim": "true",
              "introspection.token.claim": "true",
            },
          },
        ],
      },
    ],
    users: [
      {
        username: PORTAL_ADMIN,
        enabled: true,
        email: `${PORTAL_ADMIN}@${domain}`,
        emailVerified: true,
        firstName: "Portal",
        lastName: "Administrator",
        groups: [`/${ADMIN_GROUP}`],
        // An imported user gets no role of its own accord.
        realmRoles: [`default-roles-${REALM}`],
        credentials: [{ type: "password", value: adminPassword, temporary: false }],
      },
    ],
  };
}
