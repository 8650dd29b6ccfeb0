import type { KubeflowArgs } from "./args";
import { FOLDERS, PORTS, RETURN_PATH, ROLE, TRUST } from "./names";

/** The file that oauth2-proxy reads. */
export const LOGIN_FILE = "oauth2-proxy.cfg";

/** Where it finds its files, and listens, and the UI. */
interface Places {
  readonly tls: string;
  readonly trust: string;
  readonly port: number;
  readonly ui: number;
}

const PLACES: Places = { tls: FOLDERS.tls, trust: FOLDERS.trust, port: PORTS.login, ui: PORTS.ui };

/** Below this path it is asked whether a request may pass: pages of its own, which it shows everybody, have none there. */
export const ASKED_AT = "/kubeflow-gate";

/** The header by which programs are told who asks: the log-in gives it with every request that passes, in place of whatever came. */
export const USER_HEADER = "x-auth-request-email";

/** As it is in a UI's pod: that is behind it, and it shows a certificate of its own. */
function inFront({ tls, port, ui }: Places): Settings {
  return {
    upstreams: [`http://127.0.0.1:${ui}/`],
    // Logs of a run come for as long as it goes on.
    upstream_timeout: "1h",
    https_address: `:${port}`,
    tls_cert_file: `${tls}/tls.crt`,
    tls_key_file: `${tls}/tls.key`,
    tls_min_version: "TLS1.2",
  };
}

/** As it is by itself: it is asked about requests by proxies of the mesh, over their TLS, and says who it is. */
function asGate({ port }: Places): Settings {
  return {
    upstreams: ["static://200"],
    http_address: `:${port}`,
    set_xauthrequest: true,
    // What pages ask for behind their reader's back is refused, and not led to the log-in.
    api_routes: ["/apis?/"],
  };
}

type Settings = Readonly<Record<string, string | boolean | readonly string[]>>;

/**
 * What oauth2-proxy is told, which lets in whoever the realm says has one of the roles: in front of the UI in its pod, or as the gate of all
 * programs. Without profiles Kubeflow knows nothing of users: whoever is in sees everybody's runs.
 * @param secrets secret
 */
export function loginSettings(
  host: string,
  { realm: { issuer, clientId, administratorRole }, trust, shared }: Pick<KubeflowArgs, "realm" | "trust" | "shared">,
  secrets: { readonly client: string; readonly cookie: string },
  places: Places = PLACES,
): string {
  const settings: Settings = {
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
    pass_basic_auth: false,
    ...(shared === undefined ? inFront(places) : asGate(places)),
    silence_ping_logging: true,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join("");
}
