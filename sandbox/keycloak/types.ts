import { ApiError, type Cloud, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import type { ResourceType } from "../cloud/type";
import type { Stored } from "../store";
import { text, texts } from "../values";

/** A Keycloak at work. Nothing is in it that nobody made, and it has no quotas. */
export type Server = Cloud<never, never>;

type Types = Readonly<Record<string, ResourceType<Server>>>;

/** What puts something into tokens: of a client, or of what several of them share; each has one of a name. */
const OF_A_CLIENT = {
  check: ({ clientId, clientScopeId }) =>
    (clientId === undefined) === (clientScopeId === undefined)
      ? [{ property: "clientId", reason: "Exactly one of client_id and client_scope_id must be set" }]
      : [],
  create(server, inputs) {
    const [name, clientId] = [text(inputs, "name"), text(inputs, "clientId")];
    if (server.store.list("mapper").some((each) => each.name === name && each.clientId === clientId))
      throw conflict(`${pathOf(inputs)}/clients/${clientId}/protocol-mappers/models`, "Protocol mapper exists with same name");
    return { ...inputs, id: newId() };
  },
} satisfies Pick<ResourceType<Server>, "check" | "create">;

/** The resource types that realms are made of, by token. Fields are those of the provider's schema. */
export const TYPES: Types = {
  "keycloak:index/realm:Realm": {
    kind: "realm",
    fields: fieldsOf(
      `realm!* internalId*~ enabled:b displayName~ displayNameHtml~ userManagedAccess:b organizationsEnabled:b adminPermissionsEnabled:b
       terraformDeletionProtection:b registrationAllowed~:b registrationEmailAsUsername~:b editUsernameAllowed~:b resetPasswordAllowed~:b
       rememberMe~:b verifyEmail~:b loginWithEmailAllowed~:b duplicateEmailsAllowed~:b sslRequired smtpServer:m loginTheme accountTheme
       adminTheme emailTheme defaultSignatureAlgorithm revokeRefreshToken:b refreshTokenMaxReuse:n ssoSessionIdleTimeout~
       ssoSessionIdleTimeoutRememberMe~ ssoSessionMaxLifespan~ ssoSessionMaxLifespanRememberMe~ offlineSessionIdleTimeout~
       offlineSessionMaxLifespan~ offlineSessionMaxLifespanEnabled:b clientSessionIdleTimeout~ clientSessionMaxLifespan~
       accessTokenLifespan~ accessTokenLifespanForImplicitFlow~ accessCodeLifespan~ accessCodeLifespanLogin~ accessCodeLifespanUserAction~
       actionTokenGeneratedByUserLifespan~ actionTokenGeneratedByAdminLifespan~ oauth2DeviceCodeLifespan~ oauth2DevicePollingInterval~:n
       internationalization:m securityDefenses:m(bruteForceDetection,headers) passwordPolicy browserFlow~ registrationFlow~ directGrantFlow~
       resetCredentialsFlow~ clientAuthenticationFlow~ dockerAuthenticationFlow~ firstBrokerLoginFlow~ attributes:m
       defaultDefaultClientScopes:l defaultOptionalClientScopes:l otpPolicy~:m webAuthnPolicy~:m webAuthnPasswordlessPolicy~:m`,
    ),
    defaults: { enabled: true, sslRequired: "external" },
    oneOf: { sslRequired: ["all", "external", "none"] },
    outputs: [],
    references: {},
    create(server, inputs) {
      const name = text(inputs, "realm");
      if (server.store.get("realm", name)) throw conflict("/admin/realms", `Realm ${name} already exists`);
      return { internalId: newId(), ...inputs, id: name };
    },
    remove(server, { id }) {
      for (const kind of IN_A_REALM)
        for (const object of server.store.list(kind)) if (object.realmId === id) server.store.delete(kind, object.id);
    },
  },

  "keycloak:openid/client:Client": {
    kind: "client",
    fields: fieldsOf(
      `realmId!* clientId!* name~ enabled:b description accessType! clientSecret~ clientSecretWo clientSecretWoVersion
       clientSecretRegenerateWhenChanged:m clientAuthenticatorType standardFlowEnabled~:b implicitFlowEnabled~:b
       directAccessGrantsEnabled~:b serviceAccountsEnabled~:b frontchannelLogoutEnabled~:b validRedirectUris~:l
       validPostLogoutRedirectUris~:l webOrigins~:l rootUrl adminUrl baseUrl pkceCodeChallengeMethod requireDpopBoundTokens~:b
       accessTokenLifespan~ clientOfflineSessionIdleTimeout~ clientOfflineSessionMaxLifespan~ clientSessionIdleTimeout~
       clientSessionMaxLifespan~ excludeSessionStateFromAuthResponse~:b excludeIssuerFromAuthResponse~:b authorization:m
       fullScopeAllowed:b consentRequired~:b displayOnConsentScreen~:b consentScreenText authenticationFlowBindingOverrides:m loginTheme
       useRefreshTokens:b useRefreshTokensClientCredentials:b standardTokenExchangeEnabled:b allowRefreshTokenInStandardTokenExchange
       frontchannelLogoutUrl backchannelLogoutUrl backchannelLogoutSessionRequired:b backchannelLogoutRevokeOfflineSessions:b extraConfig:m
       oauth2DeviceAuthorizationGrantEnabled:b oauth2DeviceCodeLifespan oauth2DevicePollingInterval
       oauth2JwtAuthorizationGrantEnabled:b oauth2JwtAuthorizationGrantIdp alwaysDisplayInConsole:b import*:b`,
    ),
    defaults: { enabled: true, clientAuthenticatorType: "client-secret", fullScopeAllowed: true, useRefreshTokens: true },
    oneOf: { accessType: ["CONFIDENTIAL", "PUBLIC", "BEARER-ONLY"] },
    sets: ["validRedirectUris", "validPostLogoutRedirectUris", "webOrigins"],
    secrets: ["clientSecret"],
    outputs: ["resourceServerId", "serviceAccountUserId"],
    references: { realmId: "realm" },
    create(server, inputs) {
      const made = unique(server, "client", inputs, "clientId", "clients", (name) => `Client ${name} already exists`);
      return { ...made, ...(inputs.serviceAccountsEnabled === true ? { serviceAccountUserId: newId() } : {}) };
    },
    remove(server, { id }) {
      for (const mapper of server.store.list("mapper")) if (mapper.clientId === id) server.store.delete("mapper", mapper.id);
    },
  },

  "keycloak:openid/clientServiceAccountRealmRole:ClientServiceAccountRealmRole": {
    kind: "serviceAccountRole",
    fields: fieldsOf("realmId!* serviceAccountUserId!* role!*"),
    outputs: [],
    references: { realmId: "realm" },
    create: (_server, inputs) => ({ ...inputs, id: `${text(inputs, "serviceAccountUserId")}/${text(inputs, "role")}` }),
  },

  "keycloak:openid/userRealmRoleProtocolMapper:UserRealmRoleProtocolMapper": {
    kind: "mapper",
    fields: fieldsOf(
      `realmId!* clientId* clientScopeId* name! claimName! claimValueType multivalued:b realmRolePrefix addToIdToken:b addToAccessToken:b
       addToUserinfo:b addToTokenIntrospection:b`,
    ),
    defaults: {
      claimValueType: "String",
      multivalued: false,
      addToIdToken: true,
      addToAccessToken: true,
      addToUserinfo: true,
      addToTokenIntrospection: true,
    },
    oneOf: { claimValueType: ["JSON", "String", "long", "int", "boolean"] },
    outputs: [],
    references: { realmId: "realm", clientId: "client" },
    ...OF_A_CLIENT,
  },

  "keycloak:openid/audienceProtocolMapper:AudienceProtocolMapper": {
    kind: "mapper",
    fields: fieldsOf(
      `realmId!* clientId* clientScopeId* name!* includedClientAudience includedCustomAudience addToIdToken:b addToAccessToken:b
       addToTokenIntrospection:b`,
    ),
    defaults: { addToIdToken: true, addToAccessToken: true, addToTokenIntrospection: true },
    outputs: [],
    references: { realmId: "realm", clientId: "client" },
    ...OF_A_CLIENT,
  },

  "keycloak:index/role:Role": {
    kind: "role",
    fields: fieldsOf("realmId!* clientId* name! description~ compositeRoles~:l attributes~:m import*:b"),
    sets: ["compositeRoles"],
    outputs: [],
    references: { realmId: "realm", clientId: "client", compositeRoles: "role" },
    create: (server, inputs) => unique(server, "role", inputs, "name", "roles", (name) => `Role with name ${name} already exists`),
  },

  "keycloak:index/group:Group": {
    kind: "group",
    fields: fieldsOf("realmId!* organizationId* parentId* name! description attributes:m"),
    outputs: ["path"],
    references: { realmId: "realm", parentId: "group" },
    create(server, inputs) {
      const made = unique(server, "group", inputs, "name", "groups", (name) => `Top level group named '${name}' already exists.`);
      const parent = server.store.get("group", text(inputs, "parentId"));
      return { ...made, path: `${parent === undefined ? "" : text(parent, "path")}/${text(inputs, "name")}` };
    },
  },

  "keycloak:index/groupRoles:GroupRoles": {
    kind: "groupRoles",
    fields: fieldsOf("realmId!* groupId!* roleIds!:l exhaustive:b"),
    defaults: { exhaustive: true },
    sets: ["roleIds"],
    outputs: [],
    references: { realmId: "realm", groupId: "group", roleIds: "role" },
    create: (_server, inputs) => ({ ...inputs, id: `${text(inputs, "realmId")}/${text(inputs, "groupId")}` }),
  },

  "keycloak:index/user:User": {
    kind: "user",
    fields: fieldsOf(
      `realmId!* username!* email emailVerified:b firstName lastName enabled:b attributes:m requiredActions:l federatedIdentities:l
       initialPassword:m(value,temporary) import*:b`,
    ),
    defaults: { enabled: true, emailVerified: false },
    secrets: ["initialPassword"],
    sets: ["requiredActions"],
    outputs: [],
    references: { realmId: "realm" },
    check({ username }) {
      const reason = `expected username ${String(username)} to be all lowercase`;
      return typeof username === "string" && username.toLowerCase() !== username ? [{ property: "username", reason }] : [];
    },
    create(server, inputs) {
      const made = unique(server, "user", inputs, "username", "users", () => "User exists with same username");
      // Who has a password that is to be changed is asked to at the next log-in.
      return { ...made, ...(asksForAnother(inputs.initialPassword) ? { requiredActions: ["UPDATE_PASSWORD"] } : {}) };
    },
  },

  "keycloak:index/userRoles:UserRoles": {
    kind: "userRoles",
    fields: fieldsOf("realmId!* userId!* roleIds!:l exhaustive:b"),
    defaults: { exhaustive: true },
    sets: ["roleIds"],
    outputs: [],
    references: { realmId: "realm", userId: "user", roleIds: "role" },
    create: (_server, inputs) => ({ ...inputs, id: `${text(inputs, "realmId")}/${text(inputs, "userId")}` }),
  },

  "keycloak:index/userGroups:UserGroups": {
    kind: "userGroups",
    fields: fieldsOf("realmId!* userId!* groupIds!:l exhaustive:b"),
    defaults: { exhaustive: true },
    sets: ["groupIds"],
    outputs: [],
    references: { realmId: "realm", userId: "user", groupIds: "group" },
    create: (_server, inputs) => ({ ...inputs, id: `${text(inputs, "realmId")}/${text(inputs, "userId")}` }),
  },

  "keycloak:index/realmClientPolicyProfile:RealmClientPolicyProfile": {
    kind: "profile",
    fields: fieldsOf("realmId! name!* description executors:l(name,configuration)"),
    outputs: [],
    references: { realmId: "realm" },
    create: (_server, inputs) => ({ ...inputs, id: `${text(inputs, "realmId")}/realm-client-policy-profiles/${text(inputs, "name")}` }),
  },

  "keycloak:index/realmClientPolicyProfilePolicy:RealmClientPolicyProfilePolicy": {
    kind: "policy",
    fields: fieldsOf("realmId! name!* description enabled:b conditions:l(name,configuration) profiles!*:l"),
    defaults: { enabled: true },
    sets: ["profiles"],
    outputs: [],
    references: { realmId: "realm" },
    create(server, inputs) {
      const realmId = text(inputs, "realmId");
      const known = server.store.list("profile").filter((each) => each.realmId === realmId);
      if (texts(inputs, "profiles").some((name) => !known.some((each) => each.name === name)))
        throw new ApiError("error sending PUT request", `${pathOf(inputs)}/client-policies/policies: 400 Bad Request.`);
      return { ...inputs, id: `${realmId}/realm-client-policy-profile-policies/${text(inputs, "name")}` };
    },
  },
};

/** What goes with its realm. */
const IN_A_REALM = [
  "client",
  "serviceAccountRole",
  "mapper",
  "role",
  "group",
  "groupRoles",
  "user",
  "userRoles",
  "userGroups",
  "profile",
  "policy",
];

const pathOf = (inputs: Readonly<Record<string, unknown>>): string => `/admin/realms/${text(inputs, "realmId")}`;

/** A new object, whose name nothing of its kind has in the realm and below the same parent. */
function unique(
  server: Server,
  kind: string,
  inputs: Readonly<Record<string, unknown>>,
  by: string,
  collection: string,
  says: (name: string) => string,
): Stored {
  const same = (each: Readonly<Record<string, unknown>>): boolean =>
    each[by] === inputs[by] && each.realmId === inputs.realmId && each.parentId === inputs.parentId;
  if (server.store.list(kind).some(same)) throw conflict(`${pathOf(inputs)}/${collection}`, says(text(inputs, by)));
  return { ...inputs, id: newId() };
}

function conflict(path: string, message: string): ApiError {
  return new ApiError("error sending POST request", `${path}: 409 Conflict. Response body: ${JSON.stringify({ errorMessage: message })}`);
}

function asksForAnother(password: unknown): boolean {
  return typeof password === "object" && password !== null && Reflect.get(password, "temporary") === true;
}
