import { type Findable, textOf } from "../../../model/findable";

/** The provider compares what is there with what is to be, and adds what lacks. */
const again = (whose: "groupId" | "userId"): Findable => ({
  how: "id",
  id: () => "",
  standing: { how: "id", id: (inputs) => `${textOf(inputs.realmId)}/${textOf(inputs[whose])}` },
});

/** Ids are Keycloak's own, which its provider cannot be asked for by a name. */
const inRealm = (what: string): Findable => ({ how: "person", look: `${what} of its realm, in Keycloak's administration` });

/** Of a realm a second one is refused: a creation that is open was ours. */
export const FINDABLE: Readonly<Record<string, Findable>> = {
  "keycloak:index/realm:Realm": { how: "id", id: ({ realm }) => textOf(realm) },
  "keycloak:index/groupRoles:GroupRoles": again("groupId"),
  "keycloak:index/userRoles:UserRoles": again("userId"),
  "keycloak:index/userGroups:UserGroups": again("userId"),
  "keycloak:openid/client:Client": inRealm("the clients"),
  "keycloak:openid/userRealmRoleProtocolMapper:UserRealmRoleProtocolMapper": inRealm("the client's mappers"),
  "keycloak:openid/audienceProtocolMapper:AudienceProtocolMapper": inRealm("the client's mappers"),
  "keycloak:openid/clientServiceAccountRealmRole:ClientServiceAccountRealmRole": inRealm("the client's service account roles"),
  "keycloak:index/role:Role": inRealm("the roles"),
  "keycloak:index/group:Group": inRealm("the groups"),
  "keycloak:index/user:User": inRealm("the users"),
  "keycloak:index/realmClientPolicyProfile:RealmClientPolicyProfile": inRealm("the client profiles"),
  "keycloak:index/realmClientPolicyProfilePolicy:RealmClientPolicyProfilePolicy": inRealm("the client policies"),
};
