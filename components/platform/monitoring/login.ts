/** Realm roles that let somebody in who is no administrator, and as what. */
export const ROLES = { "grafana-editor": "Editor", "grafana-viewer": "Viewer" } as const;

/** Where Grafana takes its users back after the log-in. */
export const RETURN_PATH = "/login/generic_oauth";
