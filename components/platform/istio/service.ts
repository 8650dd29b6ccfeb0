import { MEASURED_OPENLY } from "../../../model/service";
import { defineService } from "../define-service";
import { PROXY_LABELS, PROXY_METRICS_PORT, PROXY_NAMED_PORT } from "../mesh";

/** What identities in the mesh begin with. */
const TRUST_DOMAIN = "cluster.local";

export const istio = defineService({
  name: "istio",
  title: "Istio",
  about: "a mesh of the pods of those namespaces that are named: they speak to each other by proxies, over TLS of its own",
  options: (z) => ({
    inject: z
      .array(z.string())
      .optional()
      .describe("Services of the platform whose pods are in the mesh, by name: portal, pipeline, sourceControl. Default: none."),
  }),
  replicas: "profile",
  oneMinorAtATime: true,
  needs: { meshDefinitions: () => ({}), meshNodes: () => ({}) },
  wants: {
    scrape: () => ({
      targets: {
        discovery: { pods: { app: "istiod", istio: "pilot" }, port: 15014 },
        // What the containers beside them count comes with what the proxies do.
        proxies: { pods: PROXY_LABELS, of: "mesh", port: PROXY_METRICS_PORT, named: PROXY_NAMED_PORT, path: "/stats/prometheus" },
      },
    }),
  },
  offers: ["mesh"],
  enlists: ({ inject = [] }) => ({ field: "inject", kind: "mesh", names: inject as readonly string[], claim: { mtls: "permissive" } }),
  speaks: { 15012: "TLS", 15017: "TLS", 15014: MEASURED_OPENLY },
  calls: ["kubernetes"],
  create: (name, { common, claims }, opts) => {
    const { Istio } = require("./istio") as typeof import("./istio");
    const all = Object.values(claims.mesh);
    const authorizers = all.flatMap((claim) => claim.authorizers ?? []);
    const collectors = all.flatMap(({ collector }) => collector ?? []);
    return new Istio(name, { ...common, authorizers, collectors, plain: all.flatMap(({ plain }) => plain ?? []) }, opts);
  },
  grants: { mesh: ({ rootNamespace, meshLabels }) => ({ rootNamespace, trustDomain: TRUST_DOMAIN, labels: meshLabels }) },
});
