/** Type tokens of the platform's components. They are part of every URN: never change one without an alias. */
export const PLATFORM = "kpaas:index:Platform";
export const METALLB = "kpaas:platform:MetalLb";
export const INGRESS_NGINX = "kpaas:platform:IngressNginx";
export const NFS_STORAGE = "kpaas:platform:NfsStorage";
export const METRICS_SERVER = "kpaas:platform:MetricsServer";
export const CERT_MANAGER = "kpaas:platform:CertManager";
export const PLATFORM_TLS = "kpaas:platform:PlatformTls";
export const MARIADB = "kpaas:platform:MariaDb";
export const KEYCLOAK = "kpaas:platform:Keycloak";
export const PORTAL = "kpaas:platform:Portal";
