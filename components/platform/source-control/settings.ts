import { type Input, interpolate, type Output } from "@pulumi/pulumi";
import type { PlannedArgs } from "../args";
import { SCM_MANAGER } from "./apps";
import type { SourceControlArgs } from "./args";

/** Stands for Keycloak's own administrator, whom K-PaaS's chart hands the broker: nobody is let in by it. */
const NOBODY = "none";

/** The keys of `cp-source-control-configmap`, as the programs read them. */
export function sourceControlConfig({ plan, realm, database }: PlannedArgs<SourceControlArgs>, url: string): Record<string, Input<string>> {
  return {
    CP_SOURCE_CONTROL_API_URI: `http://cp-source-control-api-service.${plan.namespace}.svc:8091`,
    // Both what the API calls and what people clone from: the one address that pods and browsers reach.
    SCM_MANAGER_URL: `${url}/scm`,
    SCM_DASHBOARD_URL: `${url}/repositories/user/\${instanceId}`,
    DATABASE_URL: interpolate`${database.host}:${database.port}`,
    KEYCLOAK_URL: realm.url,
    KEYCLOAK_CP_REALM: realm.realm,
    KEYCLOAK_CLUSTER_ADMIN_ROLE: realm.administratorRole ?? "",
  };
}

/** The keys of `cp-source-control-secret`. `ADMIN_ID` and `ADMIN_PWD` override what the API has compiled in. */
export function sourceControlSecrets({ realm, database }: SourceControlArgs, manager: Output<string>): Record<string, Input<string>> {
  return {
    DATABASE_USER_ID: database.user,
    DATABASE_USER_PASSWORD: database.password,
    KEYCLOAK_CP_CLIENT_ID: realm.clientId,
    KEYCLOAK_CP_CLIENT_SECRET: realm.clientSecret,
    KEYCLOAK_ADMIN_ID: NOBODY,
    KEYCLOAK_ADMIN_PASSWORD: NOBODY,
    ADMIN_ID: SCM_MANAGER.administrator?.user ?? "",
    ADMIN_PWD: manager,
  };
}
