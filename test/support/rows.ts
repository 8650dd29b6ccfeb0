/** What services want said of them, besides that they are on, where every row of the file is switched on at once. */
export const EVERY_ROW: Readonly<Record<string, unknown>> = {
  postgresql: { replicas: 3 },
  portal: { federation: { kubeconfig: { env: "KARMADA" } } },
  istio: { inject: ["portal", "pipeline", "sourceControl"] },
  istioGateway: { hosts: { "shop.rows.example.org": "shop" } },
  kpaasServer: {
    image: "registry.example.org/kpaas/kpaas-server:0.1.0",
    repository: { url: "https://git.example.org/environments.git", login: { user: "kpaas", password: { env: "KPAAS_TEST_GIT" } } },
  },
  kubeflow: {
    parts: ["pipelines", "notebooks", "volumes", "katib", "kserve", "training", "tensorboard"],
    profiles: { shop: { owner: "kim", editors: ["lee"], viewers: ["park"] }, bank: { owner: "ann" } },
  },
};

/** The tenants that they want. */
export const ROWS_TENANTS = { shop: { quota: "high", mesh: "strict" }, bank: { quota: "high", mesh: "strict" } };
