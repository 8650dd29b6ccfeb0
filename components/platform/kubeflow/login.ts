import type { KubeflowArgs } from "./args";
import { FOLDERS, PORTS, RETURN_PATH, ROLE, TRUST } from "./names";

/** The file that oauth2-proxy reads. */
export const LOGIN_FILE = "oauth2-proxy.cfg";

/** Where it finds its files, and listens, and the UI. */
const PLACES = { tls: FOLDERS.tls, trust: FOLDERS.trust, port: PORTS.login, ui: PORTS.ui };

/**
 * What oauth2-proxy is told, which stands in front of the UI in its pod and lets in whoever the realm says has one of the roles. Kubeflow knows
 * nothing of users without its profiles: whoever is in sees everybody's runs.
 * @param secrets secret
 */
export function loginSettings(
  host: string,
  { realm: { issuer, clientId, administratorRole }, trust }: Pick<KubeflowArgs, "realm" | "trust">,
  secrets: { readonly client: string; readonly cookie: string },
  places: { readonly tls: string; readonly trust: string; readonly port: number; readonly ui: number } = PLACES,
): string {
  const settings: Readonly<Record<string, string | boolean | readonly string[]>> = {
    provider: "oidc",
    provider_display_name: "K-PaaS",
    oidc_issuer_url: issuer,
    client_id: clientId,
    client_secret: secrets.client,
    redirect_url: `https://${host}${RETURN_PATH}`,
    scope: "openid profile email",
    code_challenge_method: "S256",
    skip_provider_button: true,
    // Users of the realm may have no address of their own, or one that nobody has verified.
    oidc_email_claim: "preferred_username",
    email_domains: ["*"],
    oidc_groups_claim: "roles",
    allowed_groups: [...(administratorRole ? [administratorRole] : []), ROLE],
    ...(trust === undefined ? {} : { provider_ca_files: [`${places.trust}/${TRUST.platform}`], use_system_trust_store: true }),
    cookie_secret: secrets.cookie,
    cookie_secure: true,
    cookie_httponly: true,
    cookie_samesite: "lax",
    cookie_expire: "8h",
    // Then the realm is asked again: a role that was taken away ends there.
    cookie_refresh: "15m",
    upstreams: [`http://127.0.0.1:${places.ui}/`],
    // Logs of a run come for as long as it goes on.
    upstream_timeout: "1h",
    pass_basic_auth: false,
    https_address: `:${places.port}`,
    tls_cert_file: `${places.tls}/tls.crt`,
    tls_key_file: `${places.tls}/tls.key`,
    tls_min_version: "TLS1.2",
    silence_ping_logging: true,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join("");
}
