import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { type ComponentResourceOptions, type Output, output } from "@pulumi/pulumi";
import { type PlannedArgs, planned, type ServiceArgs } from "../../../components/platform/args";
import { defineService } from "../../../components/platform/define-service";
import type { DatabaseAccess, IngressRoute } from "../../../components/platform/grants";
import {
  containerSecurityContext,
  fromNamespace,
  httpProbe,
  imageOf,
  ingressFor,
  placed,
  podSecurityContext,
  resourceRequirements,
  selectorLabels,
  spreadOverNodes,
} from "../../../components/platform/objects";
import { PlatformService } from "../../../components/platform/service";

/** Arguments of {@link Gitea}. */
interface GiteaArgs extends ServiceArgs {
  readonly database: DatabaseAccess;
  readonly ingress: IngressRoute;
  readonly openSignUp?: boolean | undefined;
}

/** A service as a program might bring it. */
export class Gitea extends PlatformService {
  readonly site: Output<string>;

  constructor(name: string, given: GiteaArgs, opts?: ComponentResourceOptions) {
    const args = planned(gitea, given);
    super("example:index:Gitea", name, args, opts);
    const { plan, ingress, database } = args;
    this.site = output(`https://${plan.host}`);
    this.createNamespace("restricted");
    const selector = selectorLabels("gitea");
    this.allowIngress("allow-web", selector, [3000], [fromNamespace(ingress.namespace)]);
    this.allowCertificateChecks(ingress);
    this.disruptionBudget("budget", "gitea", plan.replicas);
    const account = this.serviceAccount("account", "gitea");
    const secret = this.secret("secret", "gitea", "gitea", { password: database.password });
    new Service(
      this.childName("service"),
      {
        metadata: this.metadata("gitea", "gitea", { annotations: { "pulumi.com/skipAwait": "true" } }),
        spec: { type: "ClusterIP", selector: { ...selector }, ports: [{ name: "http", port: 3000, targetPort: "http" }] },
      },
      this.inCluster(),
    );
    const deployment = new Deployment(
      this.childName("server"),
      {
        metadata: this.metadata("gitea", "gitea"),
        spec: {
          replicas: plan.replicas,
          selector: { matchLabels: { ...selector } },
          template: { metadata: { labels: this.podLabels("gitea") }, spec: giteaPod(args, account) },
        },
      },
      this.inCluster({ dependsOn: [secret] }),
    );
    new Ingress(
      this.childName("ingress"),
      {
        metadata: this.metadata("gitea", "gitea"),
        spec: ingressFor(plan.host ?? "", ingress, [{ path: "/", service: "gitea", port: 3000 }]).spec,
      },
      this.inCluster({ dependsOn: [deployment] }),
    );
    this.registerOutputs({ site: this.site });
  }

  get url(): Output<string> {
    return this.site;
  }
}

function giteaPod({ plan, database, openSignUp = false }: PlannedArgs<GiteaArgs>, serviceAccountName: string) {
  const probe = httpProbe("/api/healthz", "http", { periodSeconds: 10, failureThreshold: 3 });
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    ...placed(plan),
    securityContext: podSecurityContext(1000),
    ...(plan.replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(selectorLabels("gitea")) } : {}),
    containers: [
      {
        name: "gitea",
        image: imageOf(plan, "server"),
        ports: [{ name: "http", containerPort: 3000 }],
        env: [
          { name: "DB_HOST", value: database.host },
          { name: "DISABLE_REGISTRATION", value: String(!openSignUp) },
          { name: "DB_PASSWD", valueFrom: { secretKeyRef: { name: "gitea", key: "password" } } },
        ],
        resources: resourceRequirements(plan.resources),
        securityContext: containerSecurityContext(),
        startupProbe: probe,
        readinessProbe: probe,
        livenessProbe: probe,
      },
    ],
  };
}

export const gitea = defineService({
  name: "gitea",
  title: "Gitea",
  about: "keeps sources",
  entry: {
    version: "1.24.0",
    namespace: "gitea",
    licence: "MIT",
    source: "https://github.com/go-gitea/gitea",
    images: { server: "docker.io/gitea/gitea:1.24.0-rootless" },
    defaults: { replicas: 1, resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } } },
  },
  options: (z) => ({ openSignUp: z.boolean().optional().describe("Whether visitors may make themselves an account. Default: false.") }),
  replicas: "profile",
  host: "git",
  needs: { ingress: ({ host }) => ({ host }), mysql: () => ({ schema: "gitea", openly: true }) },
  speaks: { 3000: "openly: it is there for tests" },
  unscraped: "it is there for tests",
  calls: [],
  create: (name, { common, options, granted }, opts) =>
    new Gitea(name, { ...common, ...options, database: granted.mysql, ingress: granted.ingress }, opts),
});
