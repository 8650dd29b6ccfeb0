import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { type ComponentResourceOptions, type Input, type Output, output, secret } from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { clusterRights } from "../../../model/cluster-rights";
import { serviceType } from "../../../model/type-tokens";
import { applicationsFor, type Trusted } from "../applications/application";
import { Applications } from "../applications/applications";
import { type PlannedArgs, planned } from "../args";
import { contentHash, selectorLabels } from "../objects";
import { PORTAL, PORTAL_APPS } from "./apps";
import type { PortalArgs } from "./args";
import { CLUSTER_TOKEN, clusterTokenPod, type WrittenVault } from "./cluster-token";
import { CLUSTER_ACCOUNT } from "./names";
import { portalConfig, portalSecrets } from "./settings";

/** The K-PaaS portal: its own applications, each one there when what it needs is. */
export class Portal extends Applications {
  constructor(name: string, given: PortalArgs, opts?: ComponentResourceOptions) {
    const args = planned("portal", given);
    super(PORTAL, serviceType("Portal"), name, args, opts);
    const { plan, ingress, keycloakHost, storageClass } = args;
    const url = `https://${this.hostOf()}`;
    this.createNamespace("restricted");
    this.allowCertificateChecks(ingress);
    const { vault } = args;
    const token =
      vault?.writer === undefined || plan.images[CLUSTER_TOKEN] === undefined
        ? undefined
        : this.createClusterToken(args, { ...vault, writer: vault.writer });
    const apps = applicationsFor(PORTAL_APPS, plan.images, [
      ...(args.vault ? (["vault"] as const) : []),
      ...(args.database.accounts?.metric ? (["metricAccount"] as const) : []),
      ...(args.migration ? (["migration"] as const) : []),
      ...(args.federation ? (["federation"] as const) : []),
      ...(args.terraman && args.database.accounts?.terraman ? (["terraman"] as const) : []),
      ...(args.clusters ? (["clusters"] as const) : []),
      ...(args.charts ? (["charts"] as const) : []),
      ...(args.chaosDashboardUrl === undefined ? [] : (["chaos"] as const)),
    ]);
    this.createApplications(apps, {
      config: portalConfig(args, url),
      secrets: portalSecrets(args, {
        jwt: this.rotatedPassword("jwt-secret", 128),
        commonApi: this.rotatedPassword("common-api-password"),
        ...(args.chaosDashboardUrl === undefined ? {} : { collector: this.rotatedPassword("collector-password") }),
        ...(args.terraman ? { terraman: this.rotatedPassword("terraman-password") } : {}),
        ...(args.migration ? { migration: this.migrationKeys() } : {}),
      }),
      authorities: authoritiesOf(args),
      ingress,
      hosts: [keycloakHost],
      storageClass,
      sticky: plan.replicas > 1,
      // Those who act by it find the cluster's token from their first call on.
      ...(token === undefined ? {} : { after: ({ config }) => (config.includes("VAULT_URL") ? [token] : []) }),
    });
    this.registerOutputs({ url: this.url });
  }

  /** The account by which the portal acts in its own cluster, its rights, and what keeps its token where the portal looks for it. */
  private createClusterToken(args: PlannedArgs<PortalArgs>, vault: WrittenVault): Deployment {
    const { plan } = args;
    const metadata = this.clusterMetadata(CLUSTER_ACCOUNT);
    const role = new ClusterRole(
      this.childName("cluster-rights"),
      { metadata, rules: clusterRights(args.chaosDashboardUrl !== undefined) },
      this.inCluster(),
    );
    this.serviceAccount("cluster-account", CLUSTER_ACCOUNT);
    const binding = new ClusterRoleBinding(
      this.childName("cluster-rights-binding"),
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: CLUSTER_ACCOUNT },
        subjects: [{ kind: "ServiceAccount", name: CLUSTER_ACCOUNT, namespace: plan.namespace }],
      },
      this.inCluster({ dependsOn: [role] }),
    );
    const selector = selectorLabels(CLUSTER_TOKEN);
    return new Deployment(
      this.childName("cluster-token"),
      {
        metadata: this.metadata(CLUSTER_TOKEN, CLUSTER_TOKEN),
        spec: {
          replicas: 1,
          // Two of them would write in turn, and what the one wrote would end with it.
          strategy: { type: "Recreate" },
          selector: { matchLabels: { ...selector } },
          template: {
            metadata: { labels: this.podLabels(CLUSTER_TOKEN), annotations: { "kpaas/trust": output(vault.ca).apply(contentHash) } },
            spec: clusterTokenPod(plan, vault),
          },
        },
      },
      this.inCluster({ dependsOn: [binding] }),
    );
  }

  /** Keys of RSA and of HMAC, for the tools and for their log-in: other ones with each rotation. Secret. */
  private migrationKeys(): Record<string, Output<string>> {
    const { rotation = 1 } = this.plan;
    const keys = ["AUTH", "MIG"].map((whose) => {
      const role = `migration-${whose.toLowerCase()}`;
      const name = this.childName(`${role}-key${rotation > 1 ? `-${rotation}` : ""}`);
      const pair = new PrivateKey(name, { algorithm: "RSA", rsaBits: 4096 }, { parent: this });
      return {
        [`${whose}_HMAC_KEY`]: this.rotatedPassword(`${role}-hmac`),
        [`${whose}_PRIVATE_KEY`]: secret(pair.privateKeyPemPkcs8),
        [`${whose}_PUBLIC_KEY`]: secret(pair.publicKeyPem),
      };
    });
    return Object.assign({}, ...keys);
  }
}

/** Who vouches for whom the applications call, where no public authority does. PEM. */
function authoritiesOf({ trust, vault, database, federation, clusters }: PlannedArgs<PortalArgs>): Partial<Record<Trusted, Input<string>>> {
  return {
    ...(trust === undefined ? {} : { platform: trust }),
    ...(vault === undefined ? {} : { vault: vault.ca }),
    ...(database.ca === undefined ? {} : { database: database.ca }),
    ...(federation === undefined ? {} : { messages: federation.messages.ca }),
    ...(clusters === undefined ? {} : { clusters: clusters.ca }),
  };
}
