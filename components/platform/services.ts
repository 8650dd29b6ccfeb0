import { certManager } from "./cert-manager/service";
import { chaosMesh } from "./chaos-mesh/service";
import { chartmuseum } from "./chartmuseum/service";
import { cloudController } from "./cloud-controller/service";
import { cloudStorage } from "./cloud-storage/service";
import { cloudnativePg } from "./cloudnative-pg/service";
import { gatewayApi } from "./gateway-api/service";
import { harbor } from "./harbor/service";
import { ingress } from "./ingress-nginx/service";
import { istio } from "./istio/service";
import { istioBase } from "./istio-base/service";
import { istioCni } from "./istio-cni/service";
import { istioGateway } from "./istio-gateway/service";
import { keycloak } from "./keycloak/service";
import { kpaasServer } from "./kpaas-server/service";
import { kubeflow } from "./kubeflow/service";
import { kyverno } from "./kyverno/service";
import { logCollector } from "./log-collector/service";
import { logging } from "./logging/service";
import { mariadb } from "./mariadb/service";
import { mariadbOperator } from "./mariadb-operator/service";
import { metallb } from "./metallb/service";
import { metricsServer } from "./metrics-server/service";
import { monitoring } from "./monitoring/service";
import { nats } from "./nats/service";
import { storage } from "./nfs-storage/service";
import { nodeExporter } from "./node-exporter/service";
import { openbao } from "./openbao/service";
import { pipeline } from "./pipeline/service";
import { portal } from "./portal/service";
import { postgresql } from "./postgresql/service";
import { rookCeph } from "./rook-ceph/service";
import { sourceControl } from "./source-control/service";
import { tracing } from "./tracing/service";
import { traefik } from "./traefik/service";

/** The services of the platform, in the order in which they are brought up where their needs do not decide. */
export const services = {
  metallb,
  cloudController,
  storage,
  cloudStorage,
  rookCeph,
  metricsServer,
  certManager,
  gatewayApi,
  ingress,
  traefik,
  kyverno,
  chaosMesh,
  istioBase,
  istioCni,
  istio,
  istioGateway,
  tracing,
  cloudnativePg,
  mariadbOperator,
  mariadb,
  postgresql,
  keycloak,
  openbao,
  harbor,
  chartmuseum,
  nats,
  logging,
  logCollector,
  nodeExporter,
  monitoring,
  kpaasServer,
  portal,
  pipeline,
  sourceControl,
  kubeflow,
} as const;
