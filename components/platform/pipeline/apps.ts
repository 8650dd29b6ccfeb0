import type { Application, Family } from "../applications/application";

/** What an application of the pipeline cannot do without. */
export type PipelineNeed = "cloudFoundry";

const COMPILED_IN =
  "compiled into the programs by its ancestors' name (ap-pipeline-*), and the same everywhere: Spring reads another one from there";
const BROKER = "only K-PaaS's chart of 1.2 has a broker (container-platform-pipeline-broker)";

/** What the pipeline's objects are called. */
export const PIPELINE: Family = {
  name: "cp-pipeline",
  config: "cp-pipeline-configmap",
  secret: "cp-pipeline-secret",
  trust: "cp-pipeline-trust",
  unsaid: {
    health: "the manifest of pipeline 1.6.2 has the portal's probes (global.probe), which the table does not repeat",
    SPRING_SECURITY_PASSWORD: COMPILED_IN,
    COMMONAPI_AUTHORIZATION_PASSWORD: COMPILED_IN,
    DELIVERYPIPELINEAPI_AUTHORIZATION_PASSWORD: COMPILED_IN,
    INSPECTIONAPI_AUTHORIZATION_PASSWORD: COMPILED_IN,
    CI_SERVER_ADMIN_USERNAME: COMPILED_IN,
    CI_SERVER_ADMIN_PASSWORD: COMPILED_IN,
    "cp-pipeline-jenkins.health": "K-PaaS's manifest has no probe: its page of the log-in, which it serves once it has started",
    "cp-pipeline-sonarqube.health": "the page that the chart of K-PaaS's values asks for",
    "cp-pipeline-sonarqube.volume": "K-PaaS keeps none: a new pod would make its index anew each time, and have lost its plugins",
    SONAR_JDBC_URL: "the image's own name of what the chart of K-PaaS's values sets; by TLS here",
    SONAR_JDBC_USERNAME: "as SONAR_JDBC_URL",
    SONAR_JDBC_PASSWORD: "as SONAR_JDBC_URL",
    SONAR_SEARCH_JAVAADDITIONALOPTS: "in place of the privileged container by which the chart sets the node's kernel",
    GIT_SSL_NO_VERIFY: "left out: Git takes any value of it, K-PaaS's 0 too, to verify nobody",
    CF_API_URL: BROKER,
    DASHBOARD_URL: BROKER,
    CI_SERVER_URL: BROKER,
  },
};

const DATABASE = { config: ["DATABASE_URL"], secrets: ["DATABASE_USER_ID", "DATABASE_USER_PASSWORD"] } as const;
const COMMON = { config: ["CP_PIPELINE_COMMON_API_URI"], secrets: ["COMMONAPI_AUTHORIZATION_PASSWORD"] } as const;
const INSPECTION = { config: ["CP_PIPELINE_INSPECTION_API_URI"], secrets: ["INSPECTIONAPI_AUTHORIZATION_PASSWORD"] } as const;
const API = { config: ["CP_PIPELINE_API_URI"], secrets: ["DELIVERYPIPELINEAPI_AUTHORIZATION_PASSWORD"] } as const;
/** By which a program knows those that call it. */
const CALLED = ["SPRING_SECURITY_PASSWORD"] as const;
const JENKINS_LOGIN = ["CI_SERVER_ADMIN_USERNAME", "CI_SERVER_ADMIN_PASSWORD"] as const;
const KEYCLOAK_ADMINISTRATOR = ["KEYCLOAK_ADMIN_ID", "KEYCLOAK_ADMIN_PASSWORD"] as const;

/** Where Jenkins keeps what it has. */
export const JENKINS_HOME = "/var/jenkins_home";

/** SonarQube. Its administrator begins as `admin`, with that as its password too. */
export const SONARQUBE: Application<PipelineNeed> = {
  name: "cp-pipeline-sonarqube",
  port: 9000,
  config: ["SONAR_JDBC_URL"],
  secrets: ["SONAR_JDBC_USERNAME", "SONAR_JDBC_PASSWORD"],
  // Elasticsearch would map its files into memory, for which the node's kernel had to be set otherwise by a privileged container.
  fixed: { SONAR_SEARCH_JAVAADDITIONALOPTS: "-Dnode.store.allow_mmap=false" },
  files: { "/etc/kpaas-postgresql/ca.crt": "postgresql.crt" },
  needs: [],
  // The index of what is in its database, which it makes anew, and plugins, which can be fetched again.
  volume: { path: ["/opt/sonarqube/data", "/opt/sonarqube/extensions"], sizeGiB: 10, keeps: "cache" },
  single: "its community edition runs as one, with its index on a volume of one pod",
  health: { page: "/sessions/new" },
  writes: ["/opt/sonarqube/logs", "/opt/sonarqube/temp"],
  administrator: {
    user: "admin",
    known: "admin",
    ready: { path: "/api/system/status", says: '"status":"UP"' },
    // It answers 200 to a wrong password too.
    valid: `call "$1" --fail "$url/api/authentication/validate" | grep -q '"valid":true'`,
    change:
      'call "$1" --fail --data-urlencode "login=$user" --data-urlencode "previousPassword@$1" --data-urlencode "password@$current" "$url/api/users/change_password"',
  },
};

/** Jenkins, of K-PaaS's own image, in which images are built. */
export const JENKINS: Application<PipelineNeed> = {
  name: "cp-pipeline-jenkins",
  port: 8080,
  config: ["HARBOR_URL", "JENKINS_URL", "SONARQUBE_URL"],
  secrets: JENKINS_LOGIN,
  files: { [`${JENKINS_HOME}/init.groovy`]: "init.groovy" },
  needs: [],
  volume: { path: JENKINS_HOME, sizeGiB: 20, keeps: "data" },
  single: "its jobs and their runs are on a volume of one pod, and Jenkins has one controller",
  trusts: ["platform"],
  // Sources, libraries and base images are anywhere.
  callsOutside: true,
  health: { page: "/login" },
  writes: [],
};

/**
 * The pipeline's applications with the settings their programs read. What is not in the real system's own manifests overrides what its programs have
 * compiled in, by the names that their ancestors have for it.
 */
export const PIPELINE_APPS: readonly Application<PipelineNeed>[] = [
  {
    name: "cp-pipeline-ui",
    port: 8084,
    path: "",
    config: [
      "PIPELINE_UI_PUBLIC_URL",
      ...COMMON.config,
      ...API.config,
      ...INSPECTION.config,
      "KEYCLOAK_URL",
      "KEYCLOAK_CLUSTER_ADMIN_ROLE",
      "KEYCLOAK_CP_REALM",
      "CONFIG_SERVER_URL",
    ],
    secrets: ["KEYCLOAK_CP_CLIENT_ID", "KEYCLOAK_CP_CLIENT_SECRET", ...COMMON.secrets, ...API.secrets, ...INSPECTION.secrets],
    needs: [],
    trusts: ["platform"],
  },
  {
    name: "cp-pipeline-api",
    port: 8082,
    config: ["PIPELINE_UI_PUBLIC_URL", ...COMMON.config, ...INSPECTION.config, "HARBOR_API_URL", "KEYCLOAK_URL"],
    secrets: [
      "HARBOR_ADMIN_USER",
      "HARBOR_ADMIN_PASSWORD",
      ...KEYCLOAK_ADMINISTRATOR,
      ...COMMON.secrets,
      ...INSPECTION.secrets,
      ...CALLED,
      ...JENKINS_LOGIN,
    ],
    needs: [],
    trusts: ["platform"],
  },
  {
    name: "cp-pipeline-common-api",
    port: 8081,
    config: [...DATABASE.config, ...API.config],
    secrets: [...DATABASE.secrets, ...API.secrets, ...CALLED],
    needs: [],
  },
  {
    name: "cp-pipeline-inspection-api",
    port: 8085,
    config: [...COMMON.config, "INSPECTION_SERVER_URL"],
    secrets: ["INSPECTION_ADMIN_ID", "INSPECTION_ADMIN_PASSWORD", ...COMMON.secrets, ...CALLED],
    needs: [],
  },
  { name: "cp-pipeline-config-server", port: 8080, config: DATABASE.config, secrets: DATABASE.secrets, needs: [] },
  JENKINS,
  SONARQUBE,
  {
    // For Cloud Foundry, the old service type. K-PaaS's packages from 1.6 on have no image of it.
    name: "cp-pipeline-broker",
    port: 8083,
    config: [
      ...DATABASE.config,
      "CF_API_URL",
      "DASHBOARD_URL",
      ...COMMON.config,
      "CI_SERVER_URL",
      "KEYCLOAK_URL",
      "KEYCLOAK_CP_REALM",
      "KEYCLOAK_CLUSTER_ADMIN_ROLE",
    ],
    secrets: [...DATABASE.secrets, ...COMMON.secrets, ...KEYCLOAK_ADMINISTRATOR],
    needs: ["cloudFoundry"],
    trusts: ["platform"],
  },
];
