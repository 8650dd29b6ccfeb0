/** A Karmada's kubeconfig, as the file of every row refers to it: it is read when an environment comes up, and nobody is asked there. */
export const KARMADA = {
  variable: "KPAAS_TEST_KARMADA",
  kubeconfig: JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    contexts: [{ name: "karmada-apiserver", context: { cluster: "karmada", user: "portal" } }],
    clusters: [{ name: "karmada", cluster: { server: "https://karmada-apiserver.karmada-system.svc:5443" } }],
    users: [{ name: "portal", user: { token: "token-of-karmada-5f3d7c21" } }],
  }),
} as const;

/** What services want said of them, besides that they are on, where every row of the file is switched on at once. */
export const EVERY_ROW: Readonly<Record<string, unknown>> = {
  postgresql: { replicas: 3 },
  portal: { federation: { kubeconfig: { env: KARMADA.variable } } },
  istio: { inject: ["portal", "pipeline", "sourceControl"] },
  istioGateway: { hosts: { "shop.rows.example.org": "shop" } },
  kubeflow: {
    parts: ["pipelines", "notebooks", "volumes", "katib", "kserve", "training", "tensorboard"],
    profiles: { shop: { owner: "kim", editors: ["lee"], viewers: ["park"] }, bank: { owner: "ann" } },
  },
};

/** The tenants that they want. */
export const ROWS_TENANTS = { shop: { quota: "high", mesh: "strict" }, bank: { quota: "high", mesh: "strict" } };
