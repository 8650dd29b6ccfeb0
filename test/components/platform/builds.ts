import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { output, secret } from "@pulumi/pulumi";
import type { ServiceArgs } from "../../../components/platform/args";
import { CertManager } from "../../../components/platform/cert-manager/cert-manager";
import { ChartMuseum } from "../../../components/platform/chartmuseum/chartmuseum";
import type { DatabaseAccess, IngressRoute, RealmAccess } from "../../../components/platform/grants";
import { Harbor } from "../../../components/platform/harbor/harbor";
import { IngressNginx } from "../../../components/platform/ingress-nginx/ingress-nginx";
import { Keycloak } from "../../../components/platform/keycloak/keycloak";
import { KpaasServer } from "../../../components/platform/kpaas-server/kpaas-server";
import { MariaDb } from "../../../components/platform/mariadb/mariadb";
import { MetalLb } from "../../../components/platform/metallb/metallb";
import { MetricsServer } from "../../../components/platform/metrics-server/metrics-server";
import { Nats } from "../../../components/platform/nats/nats";
import { NfsStorage } from "../../../components/platform/nfs-storage/nfs-storage";
import { OpenBao } from "../../../components/platform/openbao/openbao";
import { Pipeline } from "../../../components/platform/pipeline/pipeline";
import { PlatformTls } from "../../../components/platform/platform-tls/platform-tls";
import { Portal } from "../../../components/platform/portal/portal";
import { PostgreSql } from "../../../components/platform/postgresql/postgresql";
import { RookCeph } from "../../../components/platform/rook-ceph/rook-ceph";
import { SourceControl } from "../../../components/platform/source-control/source-control";
import { Traefik } from "../../../components/platform/traefik/traefik";
import { catalogService } from "../../../model/plan/service";
import type { ServicePlan } from "../../../model/plan/types";
import type { Graph, GraphOptions } from "../../../testing/graph";
import { CANARY, serviceGraph, servicePlan } from "./fixtures";

export const route: IngressRoute = { className: "nginx", namespace: "ingress-nginx", address: "10.20.0.200" };
export const database = (name: string): DatabaseAccess => ({
  host: "mariadb.mariadb.svc",
  port: 3306,
  database: name,
  user: name,
  password: secret(`${CANARY}-db`),
});

export type Common = Pick<ServiceArgs, "cluster" | "labels">;
export type Build = (common: Common, opts: ComponentResourceOptions) => unknown;

/** @param replicas how many there are, which somebody calls as the portal does */
export const kpaasServer =
  (replicas: number, more: Partial<ConstructorParameters<typeof KpaasServer>[1]> = {}): Build =>
  (common, opts) =>
    new KpaasServer(
      "clusters",
      {
        ...common,
        plan: { ...servicePlan("kpaasServer"), replicas },
        ingress: route,
        database: { ...database("kpaas_server"), host: "postgresql.postgresql.svc", port: 5432, ca: "the authority" },
        tokens: { url: "https://keycloak.seoul.example.org", issuer: "https://keycloak.seoul.example.org/realms/cp-realm" },
        vault: {
          ...{ url: "https://openbao.openbao.svc:8200", ca: output("the authority"), mount: "secret", role: "kpaasServer" },
          login: { kind: "kubernetes", audience: "openbao" },
        },
        repository: { url: "https://git.example.org/environments.git", login: { user: "kpaas", password: secret(`${CANARY}-git`) } },
        domain: "seoul.example.org",
        clients: ["cp-portal"],
        ...more,
      },
      opts,
    );
export const metallb: Build = (common, opts) =>
  new MetalLb(
    "lb",
    { ...common, plan: servicePlan("metallb"), range: { first: "10.20.0.200", last: "10.20.0.230" }, ingressAddress: "10.20.0.210" },
    opts,
  );
export const ingress =
  (loadBalancer: "metallb" | "cloud"): Build =>
  (common, opts) =>
    new IngressNginx(
      "web",
      {
        ...common,
        plan: servicePlan("ingress"),
        className: "nginx",
        address: "10.20.0.200",
        loadBalancer,
        sourceRanges: ["198.51.100.0/24"],
        podCidr: "10.233.64.0/18",
        defaultCertificate: { certificate: "chain", key: secret(CANARY) },
      },
      opts,
    );
export const traefik =
  (more: Partial<ConstructorParameters<typeof Traefik>[1]> = {}): Build =>
  (common, opts) =>
    new Traefik(
      "web",
      {
        ...common,
        plan: catalogService("traefik"),
        className: "nginx",
        address: "10.20.0.200",
        loadBalancer: "metallb",
        sourceRanges: ["198.51.100.0/24"],
        podCidr: "10.233.64.0/18",
        defaultCertificate: { certificate: "chain", key: secret(CANARY) },
        ...more,
      },
      opts,
    );
export const rookCeph: Build = (common, opts) =>
  new RookCeph(
    "ceph",
    {
      ...common,
      plan: catalogService("rookCeph"),
      className: "cp-storageclass",
      ceph: {
        ...{ pool: "storage", taints: [], replicas: 1, failureDomain: "host", reclaim: "retain", objects: true },
        machines: [{ key: "a", name: "a", volumes: [{ name: "osd", device: "/dev/vdb" }] }],
      },
      devices: { a: { osd: output("/dev/disk/by-id/virtio-1") } },
    },
    opts,
  );
export const storage: Build = (common, opts) =>
  new NfsStorage(
    "nfs",
    { ...common, plan: servicePlan("storage"), server: "10.20.0.20", path: "/srv/nfs", className: "cp-storageclass" },
    opts,
  );
export const metrics =
  (kubeletCertificates: "clusterSigned" | "selfSigned"): Build =>
  (common, opts) =>
    new MetricsServer("metrics", { ...common, plan: servicePlan("metricsServer"), kubeletCertificates }, opts);
export const certManager: Build = (common, opts) =>
  new CertManager(
    "certs",
    { ...common, plan: servicePlan("certManager"), issuer: { kind: "ca", certificate: "ca", key: secret(CANARY) } },
    opts,
  );
export const mariadb =
  (
    tables: string[] = ["CREATE TABLE IF NOT EXISTS a (id INT)"],
    changes: Partial<ServicePlan> = {},
    more: Partial<ConstructorParameters<typeof MariaDb>[1]> = {},
  ): Build =>
  (common, opts) =>
    new MariaDb(
      "db",
      {
        ...common,
        plan: servicePlan("mariadb", changes),
        storageClass: "cp-storageclass",
        protectData: true,
        retainData: false,
        clients: ["keycloak"],
        schemas: {
          keycloak: { schema: "keycloak", user: "keycloak" },
          portal: { schema: "cp", user: "portal", reads: [{ schema: "keycloak", table: "T", columns: ["ID"] }], tables },
        },
        operator: { namespace: "mariadb-operator", account: "mariadb-operator", image: "registry.example.org/operator:1" },
        ...more,
      },
      opts,
    );
export const postgresql =
  (tables: string[] = ["CREATE TABLE IF NOT EXISTS a (id INT)"], changes: Partial<ServicePlan> = {}): Build =>
  (common, opts) =>
    new PostgreSql(
      "db",
      {
        ...common,
        plan: servicePlan("postgresql", changes),
        storageClass: "cp-storageclass",
        protectData: true,
        retainData: false,
        clients: ["cp-pipeline"],
        databases: { sonarqube: { database: "sonar", user: "sonarqube", tables }, other: { database: "other", user: "other" } },
        podCidr: "10.233.64.0/18",
        operator: { namespace: "cnpg-system" },
      },
      opts,
    );
export const keycloak =
  (changes: Partial<ServicePlan> = {}, login: Partial<ConstructorParameters<typeof Keycloak>[1]> = {}): Build =>
  (common, opts) =>
    new Keycloak(
      "sso",
      {
        ...common,
        plan: servicePlan("keycloak", changes),
        database: database("keycloak"),
        ingress: route,
        applications: ["https://portal.seoul.example.org"],
        domain: "seoul.example.org",
        managedAt: "https://127.0.0.1:20000",
        ...login,
      },
      opts,
    );
const realm = (): RealmAccess => ({
  url: "https://keycloak.seoul.example.org",
  realm: "cp-realm",
  realmId: "cp-realm",
  issuer: "https://keycloak.seoul.example.org/realms/cp-realm",
  clientId: "cp-client",
  clientSecret: secret(`${CANARY}-client`),
});
export const portal =
  (extra: Partial<ConstructorParameters<typeof Portal>[1]> = {}): Build =>
  (common, opts) =>
    new Portal(
      "portal",
      {
        ...common,
        plan: servicePlan("portal"),
        ingress: route,
        database: database("portal"),
        keycloakSchema: "keycloak",
        realm: realm(),
        keycloakHost: "keycloak.seoul.example.org",
        trust: output("certificate"),
        storageClass: "cp-storageclass",
        ...extra,
      },
      opts,
    );
export const pipeline =
  (more: Partial<ConstructorParameters<typeof Pipeline>[1]> = {}): Build =>
  (common, opts) =>
    new Pipeline(
      "pipeline",
      {
        ...common,
        plan: servicePlan("pipeline"),
        ingress: route,
        database: database("delivery_pipeline"),
        inspectionDatabase: { ...database("sonar"), host: "postgresql.postgresql.svc", port: 5432, ca: "the authority" },
        realm: realm(),
        registry: {
          registry: "harbor.seoul.example.org",
          project: "cp-pipeline",
          user: output("robot$cp-pipeline+pipeline"),
          password: secret(`${CANARY}-robot`),
          dockerConfig: secret(`${CANARY}-robot`),
        },
        trust: output("certificate"),
        storageClass: "cp-storageclass",
        protectData: true,
        retainData: false,
        ...more,
      },
      opts,
    );
export const sourceControl =
  (more: Partial<ConstructorParameters<typeof SourceControl>[1]> = {}): Build =>
  (common, opts) =>
    new SourceControl(
      "scm",
      {
        ...common,
        plan: servicePlan("sourceControl"),
        ingress: route,
        database: database("cp_scm"),
        realm: realm(),
        trust: output("certificate"),
        storageClass: "cp-storageclass",
        protectData: true,
        retainData: false,
        ...more,
      },
      opts,
    );
export const openbao =
  (changes: Partial<ServicePlan> = {}, more: Partial<ConstructorParameters<typeof OpenBao>[1]> = {}): Build =>
  (common, opts) =>
    new OpenBao(
      "bao",
      {
        ...common,
        plan: servicePlan("openbao", changes),
        storageClass: "cp-storageclass",
        protectData: true,
        retainData: false,
        podCidr: "10.233.64.0/18",
        managedAt: "https://127.0.0.1:20001",
        clients: {
          portal: {
            namespace: "cp-portal",
            paths: { "cluster/*": ["create", "read", "update", "delete", "list"], "user/*": ["read"] },
            login: { kind: "appRole" },
            accounts: { cluster: { serviceAccount: "cp-portal-cluster", paths: { "cluster/seoul": ["create", "update"] } } },
          },
          gitea: { namespace: "gitea", paths: { "gitea/*": ["read"] }, login: { kind: "kubernetes", serviceAccounts: ["gitea"] } },
        },
        ...more,
      },
      opts,
    );
export const harbor =
  (changes: Partial<ServicePlan> = {}, more: Partial<ConstructorParameters<typeof Harbor>[1]> = {}): Build =>
  (common, opts) =>
    new Harbor(
      "images",
      {
        ...common,
        plan: servicePlan("harbor", changes),
        ingress: route,
        storage: { className: "cp-storageclass", shared: true },
        protectData: true,
        retainData: false,
        trust: output("certificate"),
        ...more,
      },
      opts,
    );
export const chartmuseum: Build = (common, opts) =>
  new ChartMuseum(
    "charts",
    {
      ...common,
      plan: servicePlan("chartmuseum"),
      ingress: route,
      storageClass: "cp-storageclass",
      protectData: true,
      retainData: false,
    },
    opts,
  );
export const nats =
  (changes: Partial<ServicePlan> = {}, clients: Readonly<Record<string, string>> = { federation: "cp-federation" }): Build =>
  (common, opts) =>
    new Nats(
      "messages",
      { ...common, plan: servicePlan("nats", changes), storageClass: "cp-storageclass", protectData: true, retainData: false, clients },
      opts,
    );
export const tls: Build = (_common, opts) => new PlatformTls("tls", { kind: "selfSigned", domain: "seoul.example.org" }, opts);

export function run(build: Build, options: GraphOptions = {}): Promise<Graph> {
  return serviceGraph((common, provider) => build(common, { providers: { kubernetes: provider } }), options);
}
