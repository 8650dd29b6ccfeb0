import type { Application, Family } from "../applications/application";

/** What an application of source control cannot do without. */
export type SourceControlNeed = "cloudFoundry";

const CHART = "K-PaaS's chart of 1.2 (container-platform-source-control-*) has it; the manifests of 1.6.2 are not published";
const COMPILED_IN =
  "compiled into the program by its ancestor's name (SOURCE-CONTROL-API), and the same everywhere: Spring reads another one from there";
const BROKER = "only K-PaaS's chart of 1.2 has a broker (container-platform-source-control-broker)";

/** What source control's objects are called. */
export const SOURCE_CONTROL: Family = {
  name: "cp-source-control",
  config: "cp-source-control-configmap",
  secret: "cp-source-control-secret",
  trust: "cp-source-control-trust",
  unsaid: {
    ...Object.fromEntries(
      [
        ...["CP_SOURCE_CONTROL_API_URI", "SCM_MANAGER_URL", "DATABASE_URL", "DATABASE_USER_ID", "DATABASE_USER_PASSWORD"],
        ...["KEYCLOAK_URL", "KEYCLOAK_CP_REALM", "KEYCLOAK_CLUSTER_ADMIN_ROLE", "KEYCLOAK_CP_CLIENT_ID", "KEYCLOAK_CP_CLIENT_SECRET"],
      ].map((name) => [name, CHART]),
    ),
    health: "no manifest of it is published: as the portal's and the pipeline's programs say how they are",
    CP_SOURCE_CONTROL_API_URI:
      "the chart of 1.2 has CONTAINER_PLATFORM_SOURCE_CONTROL_API_URI; the pipeline's names were shortened so with 1.5",
    ADMIN_ID: COMPILED_IN,
    ADMIN_PWD: COMPILED_IN,
    SCM_HOME: "where it keeps what it has: K-PaaS's /root/.scm is open to root alone, as whom it does not run here",
    "cp-source-control-manager.volume": "in place of /root/.scm, which is open to root alone, as whom it does not run here",
    "cp-source-control-manager.health":
      "K-PaaS's manifest has no probe, and which version of SCM-Manager its image has is published nowhere",
    SCM_DASHBOARD_URL: BROKER,
    KEYCLOAK_ADMIN_ID: BROKER,
    KEYCLOAK_ADMIN_PASSWORD: BROKER,
  },
};

const DATABASE = { config: ["DATABASE_URL"], secrets: ["DATABASE_USER_ID", "DATABASE_USER_PASSWORD"] } as const;

/** Where SCM-Manager keeps what it has. */
export const SCM_HOME = "/var/lib/scm";

/** SCM-Manager, of K-PaaS's own image. Git and Subversion reach it below its own path. */
export const SCM_MANAGER: Application<SourceControlNeed> = {
  name: "cp-source-control-manager",
  port: 8080,
  path: "/scm",
  keepsPath: true,
  config: [],
  secrets: [],
  fixed: { SCM_HOME },
  needs: [],
  volume: { path: SCM_HOME, sizeGiB: 5, keeps: "data" },
  single: "its repositories are on a volume of one pod, and it locks them in its own memory",
  health: "port",
  writes: [],
  administrator: {
    user: "scmadmin",
    known: "scmadmin",
    ready: { path: "/scm/" },
    valid: 'call "$1" --fail "$url/scm/api/rest/users/$user.json" >/dev/null 2>&1',
    // It takes the whole of the account.
    change: [
      "umask 077",
      `printf '{"name":"%s","displayName":"SCM Administrator","mail":"%s@scm.invalid","type":"xml","active":true,"admin":true,"password":"%s"}' "$user" "$user" "$(cat "$current")" > /tmp/account`,
      'call "$1" --fail --request PUT --header "content-type: application/json" --data-binary @/tmp/account "$url/scm/api/rest/users/$user.json"',
      "rm -f /tmp/account",
    ].join("\n"),
  },
};

/** Source control's applications with the settings their programs read. */
export const SOURCE_CONTROL_APPS: readonly Application<SourceControlNeed>[] = [
  {
    name: "cp-source-control-ui",
    port: 8094,
    path: "",
    config: ["CP_SOURCE_CONTROL_API_URI", "KEYCLOAK_URL", "KEYCLOAK_CP_REALM", "KEYCLOAK_CLUSTER_ADMIN_ROLE"],
    secrets: ["KEYCLOAK_CP_CLIENT_ID", "KEYCLOAK_CP_CLIENT_SECRET"],
    needs: [],
    trusts: ["platform"],
  },
  {
    name: "cp-source-control-api",
    port: 8091,
    config: [...DATABASE.config, "SCM_MANAGER_URL"],
    secrets: [...DATABASE.secrets, "ADMIN_ID", "ADMIN_PWD"],
    needs: [],
    trusts: ["platform"],
  },
  SCM_MANAGER,
  {
    // For Cloud Foundry, the old service type. K-PaaS's packages from 1.6 on have no image of it.
    name: "cp-source-control-broker",
    port: 8093,
    config: [
      ...DATABASE.config,
      "SCM_DASHBOARD_URL",
      "CP_SOURCE_CONTROL_API_URI",
      "SCM_MANAGER_URL",
      "KEYCLOAK_URL",
      "KEYCLOAK_CP_REALM",
      "KEYCLOAK_CLUSTER_ADMIN_ROLE",
    ],
    secrets: [...DATABASE.secrets, "KEYCLOAK_ADMIN_ID", "KEYCLOAK_ADMIN_PASSWORD"],
    needs: ["cloudFoundry"],
    trusts: ["platform"],
  },
];
