/* `kpaas/platform`: services in a cluster, ours and a program's own. */
export { type Credentials, type PlannedArgs, planned, type ServiceArgs } from "../components/platform/args";
export type { CertManagerArgs } from "../components/platform/cert-manager/args";
export { CertManager } from "../components/platform/cert-manager/cert-manager";
export type { ChaosMeshArgs } from "../components/platform/chaos-mesh/args";
export { ChaosMesh } from "../components/platform/chaos-mesh/chaos-mesh";
export type { ChartMuseumArgs } from "../components/platform/chartmuseum/args";
export { ChartMuseum } from "../components/platform/chartmuseum/chartmuseum";
export type { CloudControllerArgs } from "../components/platform/cloud-controller/cloud-controller";
export { CloudController } from "../components/platform/cloud-controller/cloud-controller";
export type { CloudStorageArgs } from "../components/platform/cloud-storage/cloud-storage";
export { CloudStorage } from "../components/platform/cloud-storage/cloud-storage";
export type { CloudNativePgArgs } from "../components/platform/cloudnative-pg/args";
export { CloudNativePg } from "../components/platform/cloudnative-pg/cloudnative-pg";
export { defineService, EVERY_PROFILE, type Service, type ServiceComponent } from "../components/platform/define-service";
export { GatewayApi } from "../components/platform/gateway-api/gateway-api";
export type {
  Access,
  ChartRepositoryAccess,
  Claim,
  CloudAccess,
  ClustersAccess,
  DatabaseAccess,
  DatabaseClaim,
  HostClaim,
  IngressRoute,
  IssuerAccess,
  Kind,
  LoadBalancerAccess,
  LoginClaim,
  LoginClient,
  LogsAccess,
  MeshAccess,
  MeshAuthorizer,
  MeshClaim,
  MeshHostAccess,
  MessagesAccess,
  MysqlOperatorAccess,
  PostgresAccess,
  PostgresOperatorAccess,
  RealmAccess,
  RegistryAccess,
  RegistryProjectClaim,
  RegistryRight,
  SchemaClaim,
  SecretCapability,
  SecretEngineAccess,
  SecretEngineClaim,
  StorageAccess,
  TokenAccess,
  TokenClaim,
  TraceCollector,
  TrustAccess,
  TrustClaim,
} from "../components/platform/grants";
export type { HarborArgs, ProjectSpec, RegistryClient } from "../components/platform/harbor/args";
export { Harbor } from "../components/platform/harbor/harbor";
export {
  HarborProject,
  type HarborProjectArgs,
  HarborProvider,
  type HarborProviderArgs,
  HarborRobot,
  type HarborRobotArgs,
} from "../components/platform/harbor/resources";
export type { IngressArgs, IngressArgs as IngressNginxArgs } from "../components/platform/ingress/args";
export { IngressNginx } from "../components/platform/ingress-nginx/ingress-nginx";
export type { IstioArgs } from "../components/platform/istio/args";
export { Istio } from "../components/platform/istio/istio";
export { IstioBase } from "../components/platform/istio-base/istio-base";
export { IstioCni } from "../components/platform/istio-cni/istio-cni";
export type { IstioGatewayArgs } from "../components/platform/istio-gateway/args";
export { IstioGateway } from "../components/platform/istio-gateway/istio-gateway";
export type { KeycloakArgs } from "../components/platform/keycloak/args";
export { Keycloak } from "../components/platform/keycloak/keycloak";
export type { HttpsRepository, KpaasServerArgs, RepositorySpec, SshRepository } from "../components/platform/kpaas-server/args";
export { KpaasServer } from "../components/platform/kpaas-server/kpaas-server";
export type { KubeflowArgs } from "../components/platform/kubeflow/args";
export { Kubeflow } from "../components/platform/kubeflow/kubeflow";
export type { KyvernoArgs, PolicyChoice } from "../components/platform/kyverno/args";
export { Kyverno } from "../components/platform/kyverno/kyverno";
export type { LogCollectorArgs } from "../components/platform/log-collector/args";
export { LogCollector } from "../components/platform/log-collector/log-collector";
export type { LoggingArgs } from "../components/platform/logging/args";
export { Logging } from "../components/platform/logging/logging";
export type { MariaDbArgs, SchemaSpec } from "../components/platform/mariadb/args";
export { MariaDb } from "../components/platform/mariadb/mariadb";
export type { MariaDbOperatorArgs } from "../components/platform/mariadb-operator/args";
export { MariaDbOperator } from "../components/platform/mariadb-operator/mariadb-operator";
export type { MetalLbArgs } from "../components/platform/metallb/args";
export { MetalLb } from "../components/platform/metallb/metallb";
export type { MetricsServerArgs } from "../components/platform/metrics-server/args";
export { MetricsServer } from "../components/platform/metrics-server/metrics-server";
export type { MonitoringArgs, Receiver } from "../components/platform/monitoring/args";
export { Monitoring } from "../components/platform/monitoring/monitoring";
export type { NatsArgs } from "../components/platform/nats/args";
export { Nats } from "../components/platform/nats/nats";
export type { NfsStorageArgs } from "../components/platform/nfs-storage/args";
export { NfsStorage } from "../components/platform/nfs-storage/nfs-storage";
export type { NodeExporterArgs } from "../components/platform/node-exporter/args";
export { NodeExporter } from "../components/platform/node-exporter/node-exporter";
export {
  containerSecurityContext,
  fromNamespace,
  httpProbe,
  type IngressPath,
  imageOf,
  ingressFor,
  placed,
  podSecurityContext,
  resourceRequirements,
  secretHash,
  selectorLabels,
  spreadOverNodes,
} from "../components/platform/objects";
export type { OpenBaoArgs, Seal } from "../components/platform/openbao/args";
export { OpenBao } from "../components/platform/openbao/openbao";
export type { PipelineArgs } from "../components/platform/pipeline/args";
export { Pipeline } from "../components/platform/pipeline/pipeline";
export { Platform, type PlatformArgs, type PlatformNodes } from "../components/platform/platform";
export type { PlatformTlsArgs } from "../components/platform/platform-tls/args";
export { PlatformTls } from "../components/platform/platform-tls/platform-tls";
export type { PortalArgs, VaultAccess } from "../components/platform/portal/args";
export { Portal } from "../components/platform/portal/portal";
export type { DatabaseSpec, PostgreSqlArgs } from "../components/platform/postgresql/args";
export { PostgreSql } from "../components/platform/postgresql/postgresql";
export type { Devices, RookCephArgs } from "../components/platform/rook-ceph/args";
export { RookCeph } from "../components/platform/rook-ceph/rook-ceph";
export { PlatformService } from "../components/platform/service";
export type { SourceControlArgs } from "../components/platform/source-control/args";
export { SourceControl } from "../components/platform/source-control/source-control";
export type { TenantArgs } from "../components/platform/tenant/args";
export { Tenant } from "../components/platform/tenant/tenant";
export type { TracingArgs } from "../components/platform/tracing/args";
export { Tracing } from "../components/platform/tracing/tracing";
export type { TraefikArgs } from "../components/platform/traefik/args";
export { Traefik } from "../components/platform/traefik/traefik";
export { catalogService } from "../model/plan/service";
export type { CephMachine, CephPlan, ServicePlan, TenantPlan } from "../model/plan/types";
export { forwardTo } from "../stacks/forward-to";
