// A service of one's own beside ours: it claims a schema and a host, and gets a database account, an ingress and a closed namespace.
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { Environment } from "kpaas";
import {
  containerSecurityContext,
  type DatabaseAccess,
  defineService,
  fromNamespace,
  httpProbe,
  type IngressRoute,
  imageOf,
  ingressFor,
  type PlannedArgs,
  PlatformService,
  placed,
  podSecurityContext,
  resourceRequirements,
  selectorLabels,
} from "kpaas/platform";

interface WikiArgs extends PlannedArgs {
  readonly database: DatabaseAccess;
  readonly ingress: IngressRoute;
}

class Wiki extends PlatformService {
  readonly url: string;

  constructor(name: string, args: WikiArgs, opts?: ComponentResourceOptions) {
    super("example:index:Wiki", name, args, opts);
    const { plan, database, ingress } = args;
    const selector = { ...selectorLabels("wiki") };
    this.url = `https://${plan.host}`;
    this.createNamespace("restricted");
    this.allowIngress("allow-web", selector, [3000], [fromNamespace(ingress.namespace)]);
    this.allowCertificateChecks(ingress);
    const serviceAccountName = this.serviceAccount("account", "wiki");
    const secret = this.secret("secret", "wiki", "wiki", { password: database.password });
    new Service(
      this.childName("service"),
      {
        metadata: this.metadata("wiki", "wiki", { annotations: { "pulumi.com/skipAwait": "true" } }),
        spec: { selector, ports: [{ name: "http", port: 3000, targetPort: "http" }] },
      },
      this.inCluster(),
    );
    const probe = httpProbe("/healthz", "http", { periodSeconds: 10, failureThreshold: 3 });
    const container = {
      name: "wiki",
      image: imageOf(plan, "server"),
      ports: [{ name: "http", containerPort: 3000 }],
      env: [
        { name: "DB_TYPE", value: "mysql" },
        { name: "DB_HOST", value: database.host },
        { name: "DB_NAME", value: database.database },
        { name: "DB_USER", value: database.user },
        { name: "DB_PASS", valueFrom: { secretKeyRef: { name: "wiki", key: "password" } } },
      ],
      resources: resourceRequirements(plan.resources),
      securityContext: containerSecurityContext(),
      startupProbe: probe,
      readinessProbe: probe,
      livenessProbe: probe,
    };
    const server = new Deployment(
      this.childName("server"),
      {
        metadata: this.metadata("wiki", "wiki"),
        spec: {
          replicas: plan.replicas,
          selector: { matchLabels: selector },
          template: {
            metadata: { labels: this.podLabels("wiki") },
            spec: {
              serviceAccountName,
              automountServiceAccountToken: false,
              ...placed(plan),
              securityContext: podSecurityContext(1000),
              containers: [container],
            },
          },
        },
      },
      this.inCluster({ dependsOn: [secret] }),
    );
    const { spec } = ingressFor(plan.host ?? "", ingress, [{ path: "/", service: "wiki", port: 3000 }]);
    new Ingress(this.childName("ingress"), { metadata: this.metadata("wiki", "wiki"), spec }, this.inCluster({ dependsOn: [server] }));
    this.registerOutputs({ url: this.url });
  }
}

const wiki = defineService({
  name: "wiki",
  title: "Wiki",
  about: "keeps the team's pages",
  entry: {
    version: "2.5.308",
    namespace: "wiki",
    licence: "AGPL-3.0-only",
    source: "https://github.com/requarks/wiki",
    images: { server: "ghcr.io/requarks/wiki:2.5.308" },
    defaults: { replicas: 1, resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } } },
  },
  replicas: 1,
  host: "wiki",
  // Its account is let in without TLS: the example tells its program nothing of `database.ca`.
  needs: { ingress: ({ host }) => ({ host }), mysql: () => ({ schema: "wiki", openly: true }) },
  calls: [],
  create: (name, { common, granted }, opts) => new Wiki(name, { ...common, database: granted.mysql, ingress: granted.ingress }, opts),
});

const team = new Environment("team", {
  infrastructure: { provider: "openstack" },
  platform: { services: { wiki: true } },
  services: { wiki },
  lock: "team.lock.yaml",
});

export const pages = team.platform.services.wiki.url;
