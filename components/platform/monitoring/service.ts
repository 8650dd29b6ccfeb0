import { blockClass, defineService, keptData } from "../define-service";
import type { Receiver } from "./args";
import { RETURN_PATH, ROLES } from "./login";

export const monitoring = defineService({
  name: "monitoring",
  title: "Monitoring",
  about:
    "measures nodes, Kubernetes and what runs there (Prometheus), tells somebody of what is wrong (Alertmanager) and shows it (Grafana)",
  options: (z) => {
    const secret = z
      .string()
      .min(1)
      .describe("The Secret in the namespace monitoring, made by hand, with the field url; for a mail server the field password.");
    const kind = <Kind extends string>(name: Kind) => z.literal(name).describe("How somebody is told: by a webhook, Slack or mail.");
    return {
      retention: z
        .string()
        .regex(/^[1-9]\d*[dwy]$/, "must be days, weeks or years, such as 15d")
        .optional()
        .describe("How long measurements are kept, as far as they fit 80 % of the volume (size): 15d, 8w. Default: 15d."),
      receiver: z
        .discriminatedUnion("kind", [
          z.strictObject({ kind: kind("webhook"), secret }),
          z.strictObject({
            kind: kind("slack"),
            channel: z.string().min(1).describe("The channel, such as #platform."),
            secret,
          }),
          z.strictObject({
            kind: kind("email"),
            to: z.email({ error: "must be a mail address" }).describe("Who is told."),
            from: z.email({ error: "must be a mail address" }).describe("As whom."),
            server: z
              .string()
              .regex(/^[^\s:]+:\d{1,5}$/, "must be HOST:PORT")
              .describe("The mail server, HOST:PORT. It must offer TLS."),
            user: z.string().min(1).optional().describe("The account there. Default: none."),
            secret: secret.optional(),
          }),
        ])
        .optional()
        .describe("Whom alerts are told. Default: nobody; Grafana shows them."),
    };
  },
  replicas: "profile",
  autoscaling: () => ({ by: "nobody", reason: "each of its Prometheus measures everything by itself" }),
  single: {
    "kube-prometheus-stack-grafana": "sessions are in the memory of its pod, and its dashboards in ConfigMaps",
    "kube-prometheus-stack-kube-state-metrics": "two of it would count every object twice",
    "kube-prometheus-stack-operator": "what it has made goes on without it",
  },
  host: "grafana",
  keeps: "data",
  backup: {
    kind: "none",
    reason: "measurements are of worth for the time that they are kept, and what is set up is made anew by `kpaas up`",
    remedy: "have the replicas of `highAvailability`, each of which has measured everything",
  },
  rotates: [{ secret: "the password of Grafana's own administrator", how: "one", restarts: ["itself"], seconds: 60 }],
  away: () => 30,
  needs: {
    ingress: ({ host }) => ({ host }),
    storage: () => ({}),
    trust: () => ({}),
    identity: ({ host }) => ({ url: `https://${host}`, client: { id: "grafana", returnPath: RETURN_PATH, roles: Object.keys(ROLES) } }),
  },
  wants: { logs: () => ({}) },
  offers: ["scrape"],
  speaks: {
    3000: "TLS",
    9090: "TLS",
    9093: "TLS",
    8080: "openly, to Prometheus alone: what operator and kube-state-metrics count, whose charts have TLS with webhooks or another proxy only; beside Prometheus and Alertmanager it is TLS",
    8081: "openly, to Prometheus alone: what kube-state-metrics counts of itself",
    9094: "openly, between Alertmanager's own pods: whom they have told, without a setting of the chart's for TLS that was tried",
  },
  unscraped: "by ServiceMonitors of its chart's own, within its namespace",
  // Kubelets, and the API server that says where everything is.
  calls: ["kubernetes", "kubelets"],
  create: (name, { common, options, granted, claims, environment, tls }, opts) => {
    const { Monitoring } = require("./monitoring") as typeof import("./monitoring");
    const { meshed } = require("../scrapes") as typeof import("../scrapes");
    const { ingress, storage, trust, identity } = granted;
    const signed = environment.cluster.variables.kubelet_rotate_server_certificates === true;
    return new Monitoring(
      name,
      {
        ...common,
        ingress,
        realm: identity,
        storageClass: blockClass(storage),
        ...keptData(environment),
        networks: [environment.network.podCidr, environment.network.serviceCidr],
        kubeletCertificates: signed ? "clusterSigned" : "selfSigned",
        ...(options.retention ? { retention: options.retention } : {}),
        ...(options.receiver ? { receiver: options.receiver as Receiver } : {}),
        scraped: claims.scrape,
        meshed: meshed(environment),
        watched: environment.services.map((service) => service.name),
        ...(granted.logs ? { logs: granted.logs } : {}),
        ...(trust.certificates ? { trust: trust.certificates } : {}),
        ...(tls?.authority ? { authority: tls.authority } : {}),
      },
      opts,
    );
  },
  grants: { scrape: () => ({}) },
});
