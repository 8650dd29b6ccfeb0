import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { type ComponentResourceOptions, type Input, InputPropertyError, type Output, output, type Resource, secret } from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random/randomBytes";
import { Provider } from "@pulumi/vault/provider";
import { apiPort } from "../../../model/plan/api-endpoint";
import { serviceType } from "../../../model/type-tokens";
import { localUrl, type PlannedArgs, planned } from "../args";
import { certificateAuthority, serverCertificate, trustOf } from "../certificates";
import { generatedPassword } from "../generated-password";
import type { IngressRoute, SecretEngineAccess } from "../grants";
import { claimSpec, contentHash, fromIngress, fromNamespace, ingressFor, overTls, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import type { OpenBaoArgs } from "./args";
import { firstStartConfig, NAMES, PORTS, SEAL_KEY, type ServerSettings, serverConfig } from "./config";
import { selfRequests } from "./first-start";
import { type AppRoleCredentials, accountRole, createInside } from "./inside";
import { AUDIENCE, MANAGER_ROLE, MOUNT, PROVIDER } from "./names";
import { openBaoPod, WORKLOAD } from "./workload";

/** How often a call is made again, at intervals of about a second, while its pods start anew. */
const RETRIES = 30;

/**
 * OpenBao on its own replicated storage. It initialises itself at its first start, unseals itself at every start, and keeps no root token. Engine,
 * log-ins, policies and roles are resources, put into the server that runs: they follow what is claimed.
 */
export class OpenBao extends PlatformService {
  /** Where clients inside the cluster reach it. */
  readonly address: string;
  /** What its clients trust. PEM. */
  readonly ca: Output<string>;
  /** How whoever configures it logs in: with a token of that account, meant for that audience. */
  readonly manager = { login: "kubernetes", role: MANAGER_ROLE, serviceAccount: NAMES.manager, audience: AUDIENCE } as const;
  /** By client. */
  readonly access: Readonly<Record<string, SecretEngineAccess>>;
  /** Where it is reached from outside, if it is. */
  readonly url?: Output<string>;

  constructor(name: string, given: OpenBaoArgs, opts?: ComponentResourceOptions) {
    const args = planned("openbao", given);
    super(serviceType("OpenBao"), name, args, opts);
    const { plan, clients, ingress } = args;
    const managedAt = args.managedAt ?? localUrl(plan);
    if (managedAt === undefined)
      throw new InputPropertyError({
        propertyPath: "managedAt",
        reason: `is missing: an OpenBao that is made alone must be told where its pods' port ${PORTS.api} is reached; \`forwardTo\` leads there`,
      });
    const providerSecret = generatedPassword(this.childName("provider-secret"), this);
    this.address = `https://${NAMES.service}.${plan.namespace}.svc:${PORTS.api}`;
    this.createNamespace("restricted", { retain: args.retainData, reaches: "itself" });
    this.createPolicies(args);
    const { ca, objects } = this.createObjects(args, providerSecret);
    this.ca = ca.certificate;
    const server = this.createServer(args, ca.serving, objects);
    const appRoles = this.createInside(args, server, { address: managedAt, secretId: providerSecret, certificate: ca.serving });
    if (ingress !== undefined && plan.host !== undefined) {
      this.url = output(`https://${plan.host}`);
      this.createIngress(plan.host, plan.namespace, ingress, server);
    }
    this.access = Object.fromEntries(
      Object.entries(clients).map(([role, { login, accounts }]) => [
        role,
        {
          url: this.address,
          ca: this.ca,
          mount: MOUNT,
          role,
          login: login.kind === "kubernetes" ? { kind: "kubernetes", audience: AUDIENCE } : { kind: "appRole", ...appRoles[role]! },
          ...(accounts === undefined
            ? {}
            : {
                accounts: Object.fromEntries(
                  Object.keys(accounts).map((end) => [end, { role: accountRole(role, end), audience: AUDIENCE }]),
                ),
              }),
        } satisfies SecretEngineAccess,
      ]),
    );
    this.registerOutputs({ address: this.address, ca: this.ca });
  }

  /** Its clients reach it, its members each other, and it asks the Kubernetes API whose a token is. */
  private createPolicies({ clients, ingress, seal }: PlannedArgs<OpenBaoArgs>): void {
    const selector = selectorLabels(WORKLOAD);
    const namespaces = [...new Set(Object.values(clients).map(({ namespace }) => namespace))];
    const outside = ingress === undefined ? [] : fromIngress(ingress);
    const members = { podSelector: { matchLabels: { ...selector } } };
    this.allowIngress("allow-clients", selector, [PORTS.api], [members, ...namespaces.map(fromNamespace), ...outside]);
    this.allowIngress("allow-members", selector, [PORTS.cluster], [members]);
    if (ingress !== undefined) this.allowCertificateChecks(ingress);
    // By port alone: what stands behind the API's Service are machines, which not every pod network counts as addresses.
    const keeper = seal?.kind === "transit" ? [Number(new URL(seal.address).port || 443)] : [];
    this.allowEgress("allow-api", selector, [...new Set([443, apiPort, ...keeper])]);
  }

  /** What lives in the server, through a provider that logs in at its first call: a server that is not there yet fails no preview. */
  private createInside(
    { plan, clients, podCidr, protectData, retainData }: PlannedArgs<OpenBaoArgs>,
    server: Resource,
    {
      address,
      secretId,
      certificate,
    }: { readonly address: Input<string>; readonly secretId: Output<string>; readonly certificate: Output<string> },
  ): Record<string, AppRoleCredentials> {
    const provider = new Provider(
      this.childName("provider"),
      {
        address,
        authLogin: secret({ path: `auth/${PROVIDER.mount}/login`, parameters: { role_id: PROVIDER.roleId, secret_id: secretId } }),
        // It takes an authority as a file of the machine only. What is at the end of the way is told by the cluster's API, and what the provider
        // says is of no use to anybody who has no way into the pod.
        skipTlsVerify: true,
        // It is no Vault: this is the last version that both come from, and a preview asks nobody which one there is.
        vaultVersionOverride: "1.14.0",
        skipChildToken: true,
        maxRetries: RETRIES,
        // Else what the environment of the one who calls says.
        maxLeaseTtlSeconds: 1200,
      },
      { parent: this },
    );
    const kept = { protect: protectData || this.protectsData, ...(retainData ? { retainOnDelete: true } : {}) };
    const spec = { namespace: plan.namespace, clients, podCidr, certificate, rotation: plan.rotation };
    return createInside((role) => this.childName(role), spec, this.inService({ provider, dependsOn: [server] }), kept);
  }

  private createObjects(
    { plan, seal = { kind: "static" }, authority, retainData, ingress, scrapedFrom }: PlannedArgs<OpenBaoArgs>,
    providerSecret: Output<string>,
  ) {
    const settings: ServerSettings = {
      version: plan.version,
      seal,
      members: plan.replicas,
      pages: ingress !== undefined,
      measured: scrapedFrom !== undefined,
    };
    const config = serverConfig(settings);
    const signing = authority ?? certificateAuthority(this.childName("tls"), NAMES.service, this);
    const { service, headless } = NAMES;
    const { certificate, key } = serverCertificate(
      this.childName("tls"),
      {
        dnsNames: [
          `${service}.${plan.namespace}.svc`,
          ...[service, `${service}.${plan.namespace}`, `${service}.${plan.namespace}.svc.cluster.local`, "localhost"],
          ...[`*.${headless}`, `*.${headless}.${plan.namespace}.svc`],
        ],
        ipAddresses: ["127.0.0.1"],
      },
      signing,
      this,
    );
    const first = providerSecret.apply((known) => firstStartConfig(settings, selfRequests(known)));
    return {
      ca: { certificate: trustOf(signing), serving: certificate },
      objects: {
        config,
        all: [
          new ConfigMap(
            this.childName("config"),
            { metadata: this.metadata(NAMES.config, WORKLOAD), data: { "server.json": config } },
            this.inCluster(),
          ),
          this.secret("first-start", NAMES.first, WORKLOAD, { "server.json": first }),
          this.secret("tls", NAMES.tls, WORKLOAD, { "tls.crt": certificate, "tls.key": key, "ca.crt": trustOf(signing) }),
          ...(seal.kind === "static" ? [this.createSealKey(retainData)] : []),
        ],
      },
    };
  }

  /** Whatever the volumes and every backup hold is lost with it. */
  private createSealKey(retainData: boolean): Resource {
    const key = new RandomBytes(this.childName("seal-key"), { length: 32 }, { parent: this });
    const data = { [SEAL_KEY.file]: secret(key.base64) };
    return this.secret("seal", NAMES.seal, WORKLOAD, data, undefined, retainData ? { retainOnDelete: true } : {});
  }

  private createServer(
    { plan, storageClass, protectData, retainData, seal = { kind: "static" }, scrapedFrom }: PlannedArgs<OpenBaoArgs>,
    certificate: Output<string>,
    objects: { readonly config: string; readonly all: readonly Resource[] },
  ): StatefulSet {
    const spec = claimSpec(storageClass, plan.sizeGiB ?? 10);
    const claims = this.memberClaims(WORKLOAD, spec, { protectData, retainData });
    this.statefulServices(WORKLOAD, NAMES, { name: "https", port: PORTS.api, targetPort: "https" }, { namesUnready: true });
    this.serviceAccount("manager", NAMES.manager);
    const serviceAccountName = this.serviceAccount("account", WORKLOAD);
    const reviewer = new ClusterRoleBinding(
      this.childName("reviewer"),
      {
        metadata: this.clusterMetadata(`${plan.namespace}-token-reviewer`),
        // Asking whose a token is; it is the one right in the API that a Kubernetes log-in takes.
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
        subjects: [{ kind: "ServiceAccount", name: serviceAccountName, namespace: plan.namespace }],
      },
      this.inCluster(),
    );
    this.disruptionBudget("budget", WORKLOAD, plan.replicas);
    const selector = selectorLabels(WORKLOAD);
    return new StatefulSet(
      this.childName("server"),
      {
        metadata: this.metadata(WORKLOAD, WORKLOAD),
        spec: {
          replicas: plan.replicas,
          serviceName: NAMES.headless,
          // The first member asks the others before it begins, and they wait for it.
          podManagementPolicy: "Parallel",
          selector: { matchLabels: { ...selector } },
          volumeClaimTemplates: [{ metadata: { name: "data" }, spec }],
          template: {
            // Settings and certificate are read at start. One member after the other, each once the one before it is unsealed.
            metadata: {
              labels: this.podLabels(WORKLOAD),
              annotations: { "kpaas/config": contentHash(objects.config), "kpaas/certificate": output(certificate).apply(contentHash) },
            },
            spec: openBaoPod(plan, serviceAccountName, seal, scrapedFrom !== undefined),
          },
        },
      },
      this.deletedFirst({
        dependsOn: [...objects.all, ...claims, reviewer],
        customTimeouts: { create: "20m", update: "20m" },
        // A StatefulSet cannot change them, and its claims are there: they grow as themselves.
        ignoreChanges: ["spec.volumeClaimTemplates"],
      }),
    );
  }

  private createIngress(host: string, namespace: string, route: IngressRoute, server: Resource): void {
    const { annotations, spec } = ingressFor(host, route, [{ path: "/", service: NAMES.service, port: PORTS.api }]);
    // Of its own: from the Secret of the certificate the controller would take the key too.
    const trusted = this.secret("ca", NAMES.authority, WORKLOAD, { "ca.crt": this.ca });
    const verified = overTls(`${namespace}/${NAMES.authority}`, `${NAMES.service}.${namespace}.svc`);
    new Ingress(
      this.childName("ingress"),
      { metadata: this.metadata(WORKLOAD, WORKLOAD, { annotations: { ...annotations, ...verified } }), spec },
      this.inCluster({ dependsOn: [server, trusted] }),
    );
  }
}
