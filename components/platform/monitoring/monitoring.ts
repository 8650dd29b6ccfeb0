import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import type { rbac } from "@pulumi/kubernetes/types/input";
import { type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import { kebab } from "../../../model/service";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, type PlannedArgs, planned } from "../args";
import { certificateAuthority, serviceCertificate, trustOf } from "../certificates";
import { claimSpec, fromIngress, ingressFor, overTls, secretHash } from "../objects";
import { podsOf } from "../scrapes";
import { PlatformService } from "../service";
import type { MonitoringArgs } from "./args";
import { DASHBOARDS, dashboardJson } from "./dashboards";
import { DASHBOARD, LOGIN, LOGS_AUTHORITY } from "./grafana";
import { ACCOUNTS, NAMES, PODS, PORTS, PROMETHEUS_WORKLOAD, SERVICES, type TlsPart, VOLUME } from "./names";
import { EVERYWHERE, INSIDE, KINDS } from "./rights";
import { ofServices, ruleGroups } from "./rules";
import { API_VERSION, authoritiesOf, podMonitor, scrapedOf } from "./scrapes";
import { DEFAULT_GIB, monitoringValues } from "./values";

/** Where CoreDNS says what it was asked. */
const DNS_METRICS = 9153;

/**
 * Prometheus, Alertmanager and Grafana by the kube-prometheus-stack chart, with what counts objects. Its parts speak TLS to each other
 * and verify it; users log in to Grafana by the platform's realm.
 */
export class Monitoring extends PlatformService {
  /** Where browsers reach Grafana. */
  readonly url: Output<string>;
  /** Grafana's own administrator, for when the realm does not answer. */
  readonly credentials: Credentials;

  constructor(name: string, given: MonitoringArgs, opts?: ComponentResourceOptions) {
    const args = planned("monitoring", given);
    super(serviceType("Monitoring"), name, args, opts);
    const { plan } = args;
    if (plan.host === undefined) throw new Error(`The plan of service "${plan.name}" has no host: give \`plan.host\`.`);
    const url = `https://${plan.host}`;
    this.url = output(url);
    this.credentials = { user: "admin", password: this.rotatedPassword("admin-password"), where: url };

    this.createNamespace("restricted", { retain: args.retainData });
    this.createPolicies(args);
    const { made, read } = this.createSecrets(args);
    const rights = [...this.createRights("inside", INSIDE), ...this.createRights("everywhere", EVERYWHERE)];
    const claims = Array.from({ length: plan.replicas }, (_, member) => this.claim(member, args));
    // A claim goes when no pod holds it any more, so the release goes before the cluster too.
    const release = this.release(monitoringValues(args, read), "cloudParts", [...made, ...rights, ...claims]);
    this.createScrapes(args, release);
    this.createViews(args.watched ?? [], release);
    this.createIngress(args, release);
    this.registerOutputs({ url: this.url });
  }

  private createPolicies({ ingress, plan, networks }: PlannedArgs<MonitoringArgs>): void {
    const [prometheus, alertmanager, grafana] = [PODS.prometheus, PODS.alertmanager, PODS.grafana].map((matchLabels) => [
      { podSelector: { matchLabels } },
    ]);
    this.allowIngress("allow-ingress", PODS.grafana, [PORTS.grafana], fromIngress(ingress));
    this.allowIngress("allow-queries", PODS.prometheus, [PORTS.prometheus], grafana);
    if (plan.replicas > 1) this.allowIngress("allow-members", PODS.alertmanager, [PORTS.members], alertmanager, ["TCP", "UDP"]);
    const scraped = {
      operator: [PORTS.operator],
      "state-metrics": PORTS.stateMetrics,
      grafana: [PORTS.grafana],
      prometheus: [PORTS.prometheus, PORTS.reloader],
      alertmanager: [PORTS.alertmanager, PORTS.reloader],
    };
    const pods = { ...PODS, "state-metrics": PODS.stateMetrics };
    for (const [part, ports] of Object.entries(scraped))
      this.allowIngress(`allow-scrape-${part}`, pods[part as keyof typeof scraped], ports, prometheus);
    this.allowEgress("egress-dns-metrics", PODS.prometheus, [DNS_METRICS]);
    // Whom alerts are told is anywhere.
    this.allowOutside("egress-alertmanager", PODS.alertmanager, networks);
    this.allowCertificateChecks(ingress);
  }

  /** What services claim to have measured, and the way there. */
  private createScrapes({ scraped = {}, meshed = [] }: PlannedArgs<MonitoringArgs>, release: Resource): void {
    for (const each of scrapedOf(scraped, meshed)) {
      const { job, namespaces, target } = each;
      const pods = namespaces.map((namespace) => podsOf(namespace, target.pods));
      this.allowEgress(`egress-${job}`, PODS.prometheus, [target.port], pods);
      podMonitor(this.childName(`scrape-${job}`), this.metadata(job, job), each, this.inCluster({ dependsOn: [release] }));
    }
  }

  /** When somebody is told, and what is shown. */
  private createViews(watched: readonly string[], release: Resource): void {
    const spec = { groups: ruleGroups(watched) };
    const metadata = this.metadata("kpaas", "alerts");
    new CustomResource(
      this.childName("alerts"),
      { apiVersion: API_VERSION, kind: "PrometheusRule", metadata, spec },
      this.inCluster({ dependsOn: [release] }),
    );
    for (const [service, dashboard] of ofServices(DASHBOARDS, watched)) {
      const name = kebab(service);
      const { labels, ...rest } = this.metadata(`dashboard-${name}`, "grafana");
      new ConfigMap(
        this.childName(`dashboard-${name}`),
        {
          metadata: { ...rest, labels: { ...labels, [DASHBOARD.label]: DASHBOARD.labelValue } },
          data: { [`${name}.json`]: dashboardJson(name, dashboard) },
        },
        this.inCluster(),
      );
    }
  }

  /** What its parts are told in secret, and a hash of what Grafana reads at its start. */
  private createSecrets(args: PlannedArgs<MonitoringArgs>): { readonly made: readonly Resource[]; readonly read: Output<string> } {
    const { plan, realm, trust, logs, scraped = {} } = args;
    const authority = args.authority ?? certificateAuthority(this.childName("tls"), "monitoring", this);
    const certificates = Object.entries(SERVICES).map(([part, service]) => {
      const names = { services: [service], namespace: plan.namespace };
      const { certificate, key } = serviceCertificate(this.childName(part), names, authority, this);
      const held = { "tls.crt": certificate, "tls.key": key };
      const secret = this.secret(`${part}-tls`, NAMES.tls(part as TlsPart), part, held, "kubernetes.io/tls");
      return { part, certificate, secret };
    });
    const trusted = trustOf(authority);
    const inside = { "ca.crt": trusted, ...(logs ? { [LOGS_AUTHORITY]: logs.ca } : {}) };
    const login = { [LOGIN.user]: "admin", [LOGIN.password]: this.credentials.password, [LOGIN.client]: realm.clientSecret };
    return {
      made: [
        ...certificates.map(({ secret }) => secret),
        this.secret("ca", NAMES.authority, "monitoring", inside),
        this.secret("login", NAMES.login, "grafana", login),
        this.secret("scraped", NAMES.scraped, "prometheus", authoritiesOf(scraped)),
        ...(trust === undefined ? [] : [this.trustBundle(NAMES.trust, "grafana", trust)]),
      ],
      // Prometheus and Alertmanager read another certificate by themselves.
      read: secretHash(
        ...certificates.flatMap(({ part, certificate }) => (part === "grafana" ? [certificate] : [])),
        this.credentials.password,
        realm.clientSecret,
        trusted,
        logs?.ca ?? "",
        trust ?? "",
      ),
    };
  }

  private createRights(
    where: keyof typeof KINDS,
    rights: Readonly<Partial<Record<keyof typeof ACCOUNTS, rbac.v1.PolicyRule[]>>>,
  ): Resource[] {
    const { Role, Binding, kind } = KINDS[where];
    return Object.entries(rights).flatMap(([part, rules]) => {
      const account = ACCOUNTS[part as keyof typeof ACCOUNTS];
      const metadata = where === "inside" ? this.metadata(account, account) : this.clusterMetadata(account);
      const subjects = [{ kind: "ServiceAccount", name: account, namespace: this.plan.namespace }];
      const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind, name: account };
      return [
        new Role(this.childName(`${part}-${where}`), { metadata, rules }, this.inCluster()),
        new Binding(this.childName(`${part}-${where}-binding`), { metadata, roleRef, subjects }, this.inCluster()),
      ];
    });
  }

  /** The volume of one of Prometheus' members, by the name that its StatefulSet would give it. */
  private claim(member: number, { plan, storageClass, protectData, retainData }: PlannedArgs<MonitoringArgs>): Resource {
    const protect = protectData || this.protectsData;
    return new PersistentVolumeClaim(
      this.childName(`data-${member}`),
      {
        metadata: this.metadata(`${VOLUME}-${PROMETHEUS_WORKLOAD}-${member}`, PROMETHEUS_WORKLOAD),
        spec: claimSpec(storageClass, plan.sizeGiB ?? DEFAULT_GIB),
      },
      this.deletedFirst({ protect, ...(retainData ? { retainOnDelete: true } : {}) }),
    );
  }

  private createIngress({ plan, ingress }: PlannedArgs<MonitoringArgs>, release: Resource): void {
    const { annotations, spec } = ingressFor(plan.host ?? "", ingress, [{ path: "/", service: SERVICES.grafana, port: PORTS.grafana }]);
    const verified = overTls(`${plan.namespace}/${NAMES.authority}`, `${SERVICES.grafana}.${plan.namespace}.svc`);
    new Ingress(
      this.childName("ingress"),
      { metadata: this.metadata("grafana", "grafana", { annotations: { ...annotations, ...verified } }), spec },
      this.inCluster({ dependsOn: [release] }),
    );
  }
}
