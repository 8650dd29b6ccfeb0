import type { Output } from "@pulumi/pulumi";
import type { PlannedArgs } from "../args";
import { imageOf } from "../objects";
import type { Values } from "../values";
import type { MonitoringArgs } from "./args";
import { chartImage, OTHERS } from "./images";
import { ROLES } from "./login";
import { NAMES, PORTS, SERVICES } from "./names";

/** The label by which a ConfigMap is a dashboard. */
export const DASHBOARD = { label: "grafana_dashboard", labelValue: "1" } as const;

/** Where its pod has what is mounted. */
const MOUNTS = {
  tls: "/etc/grafana/tls",
  login: "/etc/grafana/login",
  authority: "/etc/grafana/inside",
  trust: "/etc/grafana/platform",
} as const;

/** The field of the parts' own authority's Secret that says whom to trust where logs are asked for. */
export const LOGS_AUTHORITY = "logs.crt";

/** The fields of its Secret. */
export const LOGIN = { user: "admin-user", password: "admin-password", client: "client-secret" } as const;

/**
 * Values of the chart's Grafana.
 * @param secrets changes with what its pods read at start
 */
export function grafanaValues({ plan, realm, trust, logs }: PlannedArgs<MonitoringArgs>, secrets: Output<string>): Values {
  const mounted = (name: string, secretName: string, mountPath: string) => ({
    name,
    secretName,
    mountPath,
    defaultMode: 0o440,
    readOnly: true,
  });
  const probe = { httpGet: { path: "/api/health", port: "grafana", scheme: "HTTPS" } };
  return {
    image: chartImage(imageOf(plan, "grafana")),
    // The chart's own password stands in its values.
    admin: { existingSecret: NAMES.login, userKey: LOGIN.user, passwordKey: LOGIN.password },
    rbac: { create: false },
    serviceAccount: { automountServiceAccountToken: false },
    testFramework: { enabled: false },
    service: { port: PORTS.grafana },
    resources: OTHERS,
    podAnnotations: { "kpaas/secrets": secrets },
    containerSecurityContext: { readOnlyRootFilesystem: true },
    readinessProbe: probe,
    livenessProbe: probe,
    extraEmptyDirMounts: [{ name: "tmp", mountPath: "/tmp" }],
    extraSecretMounts: [
      mounted("tls", NAMES.tls("grafana"), MOUNTS.tls),
      mounted("login", NAMES.login, MOUNTS.login),
      mounted("inside", NAMES.authority, MOUNTS.authority),
    ],
    ...(trust === undefined
      ? {}
      : { extraConfigmapMounts: [{ name: "trust", configMap: NAMES.trust, mountPath: MOUNTS.trust, readOnly: true }] }),
    // Its ConfigMaps are the dashboards; what is made by hand is gone with its pod.
    persistence: { enabled: false },
    defaultDashboardsEnabled: false,
    sidecar: {
      image: chartImage(imageOf(plan, "sidecar")),
      resources: OTHERS,
      securityContext: { readOnlyRootFilesystem: true },
      // Grafana looks for other files by itself; the reload would take the administrator's password.
      dashboards: { ...DASHBOARD, searchNamespace: plan.namespace, resource: "configmap", skipReload: true },
      datasources: { enabled: false },
    },
    datasources: { "datasources.yaml": { apiVersion: 1, datasources: [prometheus(plan.namespace), ...(logs ? [loki(logs.url)] : [])] } },
    "grafana.ini": settings(plan.host ?? "", realm, trust !== undefined),
    serviceMonitor: { scheme: "https", tlsConfig: verified("grafana", plan.namespace) },
  };
}

/** How the service's own parts know whom they meet. */
export function verified(part: keyof typeof SERVICES, namespace: string): Values {
  return { ca: { secret: { name: NAMES.authority, key: "ca.crt" } }, serverName: `${SERVICES[part]}.${namespace}.svc` };
}

function prometheus(namespace: string): Values {
  const host = `${SERVICES.prometheus}.${namespace}.svc`;
  return {
    ...{ name: "Prometheus", type: "prometheus", uid: "prometheus", access: "proxy", isDefault: true, editable: false },
    url: `https://${host}:${PORTS.prometheus}`,
    jsonData: { httpMethod: "POST", tlsAuthWithCACert: true, serverName: host },
    secureJsonData: { tlsCACert: `$__file{${MOUNTS.authority}/ca.crt}` },
  };
}

function loki(url: string): Values {
  return {
    ...{ name: "Loki", type: "loki", uid: "loki", access: "proxy", editable: false, url },
    jsonData: { tlsAuthWithCACert: true, serverName: new URL(url).hostname },
    secureJsonData: { tlsCACert: `$__file{${MOUNTS.authority}/${LOGS_AUTHORITY}}` },
  };
}

function settings(host: string, { issuer, clientId, administratorRole }: MonitoringArgs["realm"], trusts: boolean): Values {
  const at = (path: string): string => `${issuer}/protocol/openid-connect/${path}`;
  const roles = Object.entries({ ...(administratorRole ? { [administratorRole]: "Admin" } : {}), ...ROLES });
  return {
    server: {
      protocol: "https",
      root_url: `https://${host}/`,
      cert_file: `${MOUNTS.tls}/tls.crt`,
      cert_key: `${MOUNTS.tls}/tls.key`,
      min_tls_version: "TLS1.2",
    },
    security: { cookie_secure: true, disable_gravatar: true },
    users: { allow_sign_up: false },
    "auth.anonymous": { enabled: false },
    "auth.generic_oauth": {
      enabled: true,
      name: "K-PaaS",
      client_id: clientId,
      client_secret: `$__file{${MOUNTS.login}/${LOGIN.client}}`,
      scopes: "openid profile email",
      auth_url: at("auth"),
      token_url: at("token"),
      api_url: at("userinfo"),
      use_pkce: true,
      allow_sign_up: true,
      login_attribute_path: "preferred_username",
      role_attribute_path: roles.map(([role, is]) => `contains(roles[*], '${role}') && '${is}'`).join(" || "),
      // Who has none of the roles is not let in.
      role_attribute_strict: true,
      allow_assign_grafana_admin: false,
      ...(trusts ? { tls_client_ca: `${MOUNTS.trust}/ca.crt` } : {}),
    },
    // Alerts are Prometheus' and Alertmanager's.
    unified_alerting: { enabled: false },
    // Nothing is fetched from outside, and nothing told there.
    analytics: { check_for_updates: false, check_for_plugin_updates: false, reporting_enabled: false },
    news: { news_feed_enabled: false },
    plugins: { preinstall_disabled: true },
  };
}
