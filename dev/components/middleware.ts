import type { ComponentRow } from "./row";

const KEYCLOAK = "platform.services.keycloak";
const MARIADB = "platform.services.mariadb";
const OPENBAO = "platform.services.openbao";
const HARBOR = "platform.services.harbor";

/** How K-PaaS sets Keycloak, MariaDB, OpenBao and Harbor up. */
export const middleware: readonly ComponentRow[] = [
  [
    "Env",
    "in",
    "the same schema and driver, by verified TLS to the database and from the ingress; no realm is imported at the start",
    KEYCLOAK,
    "components/platform/keycloak/",
  ],
  ["Admin", "in", "generated, and handed to no application: portal, pipeline and source control go without", KEYCLOAK, "docs/security.md"],
  [
    "Realm `cp-realm`",
    "in",
    "the same name; who registers, who waits after wrong passwords and how long passwords are is stricter",
    "platform.services.keycloak.selfRegistration",
    "docs/security.md",
  ],
  [
    "Client `cp-client`",
    "in",
    "the same name, a generated secret that can be exchanged, exact return addresses, the claim roles, no passwords taken by the client itself",
    KEYCLOAK,
    "components/platform/keycloak/",
  ],
  ["Groups/roles", "in", "the group cp-cluster-admin with the role cp-cluster-admin-role", KEYCLOAK, "components/platform/keycloak/"],
  [
    "User `admin`",
    "in",
    "the first administrator, with a generated password that must be another after the first log-in",
    KEYCLOAK,
    "docs/security.md",
  ],
  ["keycloak", "in", "Keycloak makes it itself", MARIADB, "components/platform/keycloak/"],
  [
    "cp",
    "in",
    "all tables, with the limits and quotas low, medium and high; no templates of HCL are seeded, since nobody here runs them",
    MARIADB,
    "components/platform/portal/schema.ts",
  ],
  ["broker", "not", "belongs to the old service type, for Cloud Foundry"],
  [
    "pipeline_broker, delivery_pipeline",
    "in",
    "the pipeline's tables; its broker's go with the broker",
    "platform.services.pipeline",
    "components/platform/pipeline/",
  ],
  ["cp_scm", "in", "source control's tables", "platform.services.sourceControl", "components/platform/source-control/"],
  [
    "Init",
    "in",
    "by itself, inside its pod, once; its root token is revoked before anybody could have seen it",
    OPENBAO,
    "docs/services/openbao.md",
  ],
  ["Auto unseal", "in", "by a key in a Secret, by another OpenBao or by a cloud's key", "platform.services.openbao.seal"],
  ["Engines", "in", "key-value, version 2, at secret/", OPENBAO, "components/platform/openbao/config.ts"],
  [
    "Auth",
    "in",
    "AppRole for the portal, as its programs know nothing else; accounts of Kubernetes for all others",
    OPENBAO,
    "components/platform/openbao/config.ts",
  ],
  ["Policy", "in", "below its own paths for each that claims secrets", OPENBAO, "components/platform/openbao/config.ts"],
  [
    "First secret",
    "in",
    "the same path and fields, with a token of an hour that is written anew each minute",
    "platform.services.portal",
    "docs/security.md",
  ],
  ["App paths", "in", "the same, read in the portal's sources", OPENBAO, "components/platform/portal/"],
  ["core", "in", "a part of Harbor", "platform.services.harbor.replicas", "components/platform/harbor/parts.ts"],
  ["portal", "in", "a part of Harbor", "platform.services.harbor.replicas", "components/platform/harbor/parts.ts"],
  [
    "jobservice",
    "in",
    "a part of Harbor; its logs are in the database",
    "platform.services.harbor.replicas",
    "components/platform/harbor/parts.ts",
  ],
  ["registry", "in", "with its volume, 20 GiB by default", "platform.services.harbor.size", "components/platform/harbor/parts.ts"],
  ["nginx", "not", "is there only where no ingress leads to Harbor", "components/platform/harbor/values.ts"],
  ["database", "in", "its own, or one outside by the chart's values", "platform.services.harbor.values"],
  ["redis", "in", "its own, or one outside by the chart's values", "platform.services.harbor.values"],
  [
    "trivy",
    "in",
    "looks for known weaknesses in images; may fetch its database from outside",
    HARBOR,
    "components/platform/harbor/parts.ts",
  ],
  [
    "exporter",
    "passed through",
    "off, since it would log in with every right; by the chart's values where somebody wants it all the same",
    "platform.services.harbor.values",
    "docs/services/monitoring.md",
  ],
  [
    "chartmuseum, notary-server, notary-signer",
    "not",
    "Harbor has left all three; ChartMuseum is a service of its own here",
    "docs/services/chartmuseum.md",
  ],
];
