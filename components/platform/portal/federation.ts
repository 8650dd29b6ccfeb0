import type { ActsIn, Application } from "../applications/application";
import { FEDERATION_FILE } from "./files";
import { KARMADA_CONTEXT } from "./karmada";
import { type PortalNeed, VAULT_OF_GO } from "./keys";
import { KARMADA_NAMESPACE } from "./names";

const NATS = { config: ["NATS_URL", "NATS_BUCKET_NAME", "NATS_SUBJECT_NAME"], secrets: ["NATS_ID", "NATS_PASSWORD"] } as const;

/**
 * What the federation API does in its own cluster: its overview shows how Karmada's controller is, and asks it for its version
 * (routes/overview/misc.go of cp-federation-api). Whoever runs commands in Karmada's pods can do there what its kubeconfig can anyway.
 */
const OVERVIEW: ActsIn = {
  namespace: KARMADA_NAMESPACE,
  rules: [
    { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
    { apiGroups: [""], resources: ["pods/exec"], verbs: ["create", "get"] },
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] },
  ],
};

/** What its image copies of its pages, since its own folder cannot be written to, and where it says whom they call. */
const FEDERATION_PAGES = [
  "cp -r /usr/share/nginx/html-original/. /usr/share/nginx/html/",
  `printf 'window._env_ = {\n  VITE_CP_PORTAL_FEDERATION_API_URL: "%s",\n  VITE_CP_PORTAL_UI_URI: "%s"\n};\n' \
  "$VITE_CP_PORTAL_FEDERATION_API_URL" "$VITE_CP_PORTAL_UI_URI" > /usr/share/nginx/html/env-config.js`,
].join("\n");

/** The applications by which users of the portal see to several clusters at once, through Karmada. */
export const FEDERATION_APPS: readonly Application<PortalNeed>[] = [
  {
    name: "cp-portal-federation-api",
    port: 8000,
    path: "/cpfed",
    config: [...VAULT_OF_GO.config, "CP_PORTAL_COMMON_API_URI", "GIN_MODE", ...NATS.config],
    secrets: [...VAULT_OF_GO.secrets, "JWT_SECRET", "COMMONAPI_AUTHORIZATION_PASSWORD", ...NATS.secrets],
    // Its image's own holds everybody's key and password (cmd/api/app/intra/config.env of cp-federation-api).
    files: { "/cmd/api/app/intra/config.env": FEDERATION_FILE },
    secretFiles: { "/etc/kubeconfig": "KARMADA_KUBECONFIG" },
    args: [
      ...["--karmada-kubeconfig=/etc/kubeconfig", `--karmada-context=${KARMADA_CONTEXT}`],
      ...["--insecure-bind-address=0.0.0.0", "--bind-address=0.0.0.0"],
    ],
    needs: ["vault", "federation"],
    language: "go",
    trusts: ["vault", "messages"],
    acts: OVERVIEW,
    calls: { namespace: KARMADA_NAMESPACE, port: 5443 },
  },
  {
    name: "cp-portal-federation-collector",
    port: 8001,
    config: [...VAULT_OF_GO.config, "HOST_CLUSTER_NAME", "KARMADA_API", ...NATS.config],
    secrets: [...VAULT_OF_GO.secrets, "KARMADA_TOKEN", ...NATS.secrets],
    needs: ["vault", "federation"],
    language: "go",
    trusts: ["vault", "messages"],
    single: "each of several would ask all clusters, and write the same",
    callers: [],
    calls: { namespace: KARMADA_NAMESPACE, port: 5443 },
  },
  {
    name: "cp-portal-federation-ui",
    port: 8002,
    path: "/cpfedui",
    config: ["VITE_CP_PORTAL_FEDERATION_API_URL", "VITE_CP_PORTAL_UI_URI"],
    secrets: [],
    needs: ["vault", "federation"],
    prepare: FEDERATION_PAGES,
    writes: ["/var/cache/nginx", "/run", "/usr/share/nginx/html"],
    health: { page: "/" },
  },
];
