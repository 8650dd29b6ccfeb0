// Single services in a cluster that is there already: a database of ours, and Keycloak on it. No cloud, no kubespray.
import { Provider } from "@pulumi/kubernetes/provider";
import { Config } from "@pulumi/pulumi";
import { forwardTo, Keycloak, MariaDb, MetricsServer } from "kpaas/platform";

const kubeconfig = new Config().requireSecret("kubeconfig");
const kubernetes = new Provider("existing", {
  kubeconfig,
  // Another address of the API is the same cluster, and changed Secrets are updated in place.
  clusterIdentifier: "existing",
  enableSecretMutable: true,
  enableConfigMapMutable: true,
});
const options = { providers: { kubernetes } };

new MetricsServer("metrics", { kubeletCertificates: "selfSigned" }, options);

const database = new MariaDb(
  "database",
  {
    storageClass: "standard",
    protectData: true,
    retainData: false,
    clients: ["keycloak"],
    schemas: { keycloak: { schema: "keycloak", user: "keycloak" } },
  },
  options,
);

const login = new Keycloak(
  "login",
  {
    plan: { host: "login.example.org" },
    database: database.databases.keycloak!,
    ingress: { className: "nginx", namespace: "ingress-nginx", address: "192.0.2.10" },
    after: [database.schemas],
    // Realm and client are put into the server through the cluster's API.
    managedAt: forwardTo("login", kubeconfig, { namespace: "keycloak", workload: "keycloak", port: 8443 }),
  },
  options,
);

export const url = login.url;
export const administrator = login.administrator;
