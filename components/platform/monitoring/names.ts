import type { Labels } from "../../../model/plan/infrastructure-types";
import { SCRAPER } from "../scrapes";

/** Name of the release, which the chart's names begin with. */
const RELEASE = "kube-prometheus-stack";

/** Its parts that are met by TLS, by the name of their Service. */
export const SERVICES = {
  prometheus: `${RELEASE}-prometheus`,
  alertmanager: `${RELEASE}-alertmanager`,
  grafana: `${RELEASE}-grafana`,
} as const;

/** A part that is met by TLS. */
export type TlsPart = keyof typeof SERVICES;

/** Accounts that the chart makes and that are given rights here. */
export const ACCOUNTS = { operator: `${RELEASE}-operator`, prometheus: `${RELEASE}-prometheus`, grafana: `${RELEASE}-grafana` } as const;

/** Secrets and ConfigMaps that the chart is told of. */
export const NAMES = {
  authority: "monitoring-ca",
  tls: (part: TlsPart) => `${part}-tls`,
  login: "grafana-login",
  trust: "grafana-trust",
  scraped: "scraped-authorities",
} as const;

/** Labels of the pods, by part: the chart's, and those that the operator gives what it makes. */
export const PODS = {
  operator: { app: `${RELEASE}-operator` },
  stateMetrics: { "app.kubernetes.io/name": "kube-state-metrics" },
  grafana: { "app.kubernetes.io/name": "grafana" },
  prometheus: SCRAPER,
  alertmanager: { "app.kubernetes.io/name": "alertmanager" },
} as const satisfies Readonly<Record<string, Labels>>;

/** Ports of the pods. `reloader`: of what reads another configuration in, beside Prometheus and Alertmanager. */
export const PORTS = {
  operator: 8080,
  stateMetrics: [8080, 8081],
  grafana: 3000,
  prometheus: 9090,
  alertmanager: 9093,
  members: 9094,
  reloader: 8080,
} as const;

/** What the operator makes of the chart's Prometheus: by its name, the names of its volumes' claims go. */
export const PROMETHEUS_WORKLOAD = `prometheus-${SERVICES.prometheus}`;

/** The name of a member's volume, as its StatefulSet has it. */
export const VOLUME = "data";
