import { type Input, interpolate, type Output } from "@pulumi/pulumi";
import type { PlannedArgs } from "../args";
import type { PipelineArgs } from "./args";
import { JENKINS_INIT } from "./jenkins";

/** What is generated for the pipeline alone. Secret. */
export interface PipelineSecrets {
  /** By which its programs know each other. */
  readonly programs: Output<string>;
  /** By which its API logs in to Jenkins. */
  readonly jenkins: Output<string>;
  /** Of SonarQube's administrator, whom the inspection API is. */
  readonly inspection: Output<string>;
}

/** The account that the pipeline's API logs in to Jenkins by. */
const JENKINS_USER = "admin";

/**
 * Stands for Keycloak's own administrator, whom K-PaaS's manifests hand the API and the broker: nobody is let in by it. It must be some text, for an
 * empty one keeps programs from starting.
 */
const NOBODY = "none";

/** The keys of `cp-pipeline-configmap`, as the programs read them, and files that are read whole. */
export function pipelineConfig(args: PlannedArgs<PipelineArgs>, url: string): Record<string, Input<string>> {
  const { plan, realm, database, inspectionDatabase: sonar, registry } = args;
  const service = (app: string, port: number) => `cp-pipeline-${app}-service.${plan.namespace}.svc:${port}`;
  return {
    PIPELINE_UI_PUBLIC_URL: url,
    CP_PIPELINE_API_URI: `http://${service("api", 8082)}`,
    CP_PIPELINE_COMMON_API_URI: `http://${service("common-api", 8081)}`,
    CP_PIPELINE_INSPECTION_API_URI: `http://${service("inspection-api", 8085)}`,
    CONFIG_SERVER_URL: `http://${service("config-server", 8080)}`,
    INSPECTION_SERVER_URL: `http://${service("sonarqube", 9000)}`,
    DATABASE_URL: interpolate`${database.host}:${database.port}`,
    HARBOR_API_URL: `https://${registry.registry}`,
    KEYCLOAK_URL: realm.url,
    KEYCLOAK_CLUSTER_ADMIN_ROLE: realm.administratorRole ?? "",
    KEYCLOAK_CP_REALM: realm.realm,
    // Jenkins is told hosts, where the others are told URLs.
    HARBOR_URL: registry.registry,
    JENKINS_URL: service("jenkins", 8080),
    SONARQUBE_URL: service("sonarqube", 9000),
    SONAR_JDBC_URL: interpolate`jdbc:postgresql://${sonar.host}:${sonar.port}/${sonar.database}?sslmode=verify-full&sslrootcert=/etc/kpaas-postgresql/ca.crt`,
    "postgresql.crt": sonar.ca,
    "init.groovy": JENKINS_INIT,
    CF_API_URL: args.cloudFoundryUrl ?? "",
    DASHBOARD_URL: `${url}/dashboard/[SUID]/`,
    CI_SERVER_URL: `http://${service("jenkins", 8080)}`,
  };
}

/** The keys of `cp-pipeline-secret`. The last ones override what the programs have compiled in. */
export function pipelineSecrets(
  { realm, database, inspectionDatabase, registry }: PipelineArgs,
  { programs, jenkins, inspection }: PipelineSecrets,
): Record<string, Input<string>> {
  return {
    INSPECTION_ADMIN_ID: "admin",
    INSPECTION_ADMIN_PASSWORD: inspection,
    DATABASE_USER_ID: database.user,
    DATABASE_USER_PASSWORD: database.password,
    HARBOR_ADMIN_USER: registry.user,
    HARBOR_ADMIN_PASSWORD: registry.password,
    KEYCLOAK_ADMIN_ID: NOBODY,
    KEYCLOAK_ADMIN_PASSWORD: NOBODY,
    KEYCLOAK_CP_CLIENT_ID: realm.clientId,
    KEYCLOAK_CP_CLIENT_SECRET: realm.clientSecret,
    SONAR_JDBC_USERNAME: inspectionDatabase.user,
    SONAR_JDBC_PASSWORD: inspectionDatabase.password,
    CI_SERVER_ADMIN_USERNAME: JENKINS_USER,
    CI_SERVER_ADMIN_PASSWORD: jenkins,
    SPRING_SECURITY_PASSWORD: programs,
    COMMONAPI_AUTHORIZATION_PASSWORD: programs,
    DELIVERYPIPELINEAPI_AUTHORIZATION_PASSWORD: programs,
    INSPECTIONAPI_AUTHORIZATION_PASSWORD: programs,
  };
}
