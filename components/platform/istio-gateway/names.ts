/** Its Deployment, Service and account, which the chart names after it. */
export const GATEWAY = "istio-ingressgateway";

/** Labels the chart gives its pods; Gateways select them by the second. */
export const GATEWAY_LABELS = { app: GATEWAY, istio: "ingressgateway" } as const;

/** Where it takes requests, by TLS. */
export const HTTPS_PORT = 8443;
