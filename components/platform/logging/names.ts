/** Name of the release, by which the chart calls Service, workload and account. */
export const LOKI = "loki";

/** Where it is asked and told, by TLS. */
export const PORT = 3100;

/** Labels of its pod, as the chart has them. */
export const POD = { "app.kubernetes.io/name": LOKI, "app.kubernetes.io/instance": LOKI } as const;

/** Objects that the chart is told of. */
export const NAMES = { tls: "loki-tls", claim: "data-loki" } as const;

/** The volume where the plan says nothing. */
export const DEFAULT_GIB = 20;
